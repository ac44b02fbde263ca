import { stringify } from "yaml";
import type { KubeObject, WatchEventType } from "#api/kubernetes/meta";
import type { StrategyContext } from "../registry/kind.ts";
import type { Answer } from "../request.ts";
import type { Resource } from "../resources.ts";
import { jsonText } from "../storage/codec.ts";
import { entryKey } from "../storage/storage.ts";
import type { Representation, Shape } from "./negotiate.ts";
import { type IncludeObject, partialOf, tableOf, type TableOptions } from "./table.ts";

export interface RenderOptions {
  readonly representation: Representation;
  readonly includeObject: IncludeObject;
  readonly context: StrategyContext;
}

export interface Rendering {
  readonly contentType: string;
  readonly text: string;
}

/** An answer as the body of a response. Objects that are shown as they are stored are spliced from the stored bytes. */
export function render(answer: Exclude<Answer, { kind: "session" }>, options: RenderOptions): Rendering {
  if (answer.kind === "text") return { contentType: "text/plain", text: answer.text };
  const text = jsonOf(answer, options);
  if (options.representation.encoding === "yaml") return { contentType: "application/yaml", text: stringify(JSON.parse(text)) };
  return { contentType: "application/json", text };
}

function jsonOf(answer: Exclude<Answer, { kind: "text" | "session" }>, options: RenderOptions): string {
  const { shape } = options.representation;
  if (answer.kind === "document") return JSON.stringify(answer.document);
  return answer.kind === "object" ? objectText(answer, shape, options) : listText(answer, shape, options);
}

function tableOptions(version: "v1" | "v1beta1", { includeObject, context }: RenderOptions, withColumns = true): TableOptions {
  return { version, includeObject, context, withColumns };
}

function objectText({ object, of }: { object: KubeObject; of: Resource }, shape: Shape, options: RenderOptions): string {
  if (shape.kind === "plain") return storedText(of, object);
  if (shape.kind === "partial") return JSON.stringify(partialOf(object, shape.version));
  const { resourceVersion } = object.metadata;
  return JSON.stringify(
    tableOf(of, [object], resourceVersion === undefined ? {} : { resourceVersion }, tableOptions(shape.version, options)),
  );
}

function listText({ items, metadata, of }: Extract<Answer, { kind: "list" }>, shape: Shape, options: RenderOptions): string {
  if (shape.kind === "table") return JSON.stringify(tableOf(of, items, metadata, tableOptions(shape.version, options)));
  const isPartial = shape.kind === "partial";
  const kind = isPartial ? "PartialObjectMetadataList" : `${of.kind.kind}List`;
  const apiVersion = isPartial ? `meta.k8s.io/${shape.version}` : of.apiVersion;
  const texts = items.map((item) => (isPartial ? JSON.stringify(partialOf(item, shape.version)) : storedText(of, item)));
  return `{"kind":"${kind}","apiVersion":"${apiVersion}","metadata":${JSON.stringify(metadata)},"items":[${texts.join(",")}]}`;
}

/** Turns the events of a watch into lines of JSON. */
export function eventRenderer(of: Resource, options: RenderOptions): (type: WatchEventType, object: KubeObject) => string {
  const { shape } = options.representation;
  let isFirst = true;
  return (type, object) => {
    const text = type === "ERROR" ? JSON.stringify(object) : eventText(type, object, { of, shape, options, withColumns: isFirst });
    isFirst = false;
    return `{"type":"${type}","object":${text}}\n`;
  };
}

function eventText(
  type: WatchEventType,
  object: KubeObject,
  { of, shape, options, withColumns }: { of: Resource; shape: Shape; options: RenderOptions; withColumns: boolean },
): string {
  if (shape.kind === "plain") return storedText(of, object);
  if (shape.kind === "partial") return JSON.stringify(partialOf(object, shape.version));
  const { resourceVersion = "" } = object.metadata;
  const rows = type === "BOOKMARK" ? [] : [object];
  return JSON.stringify(tableOf(of, rows, { resourceVersion }, tableOptions(shape.version, options, withColumns)));
}

/** An object's JSON, from its stored bytes when it is the present one. */
function storedText(of: Resource, object: KubeObject): string {
  const entry = of.cache.get(entryKey(object.metadata.namespace, object.metadata.name));
  return jsonText(object, entry?.object === object ? entry.bytes : undefined);
}
