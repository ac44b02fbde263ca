import { stringify } from "yaml";
import type { KubeObject, WatchEventType } from "#api/kubernetes/meta";
import type { StrategyContext } from "../registry/kind.ts";
import type { Answer } from "../request.ts";
import { listKindOf, type Resource } from "../resources.ts";
import { storedHead } from "../storage/codec.ts";
import type { EventLines } from "./event-lines.ts";
import type { Representation, Shape } from "./negotiate.ts";
import { listedSplice, partialSplice, wholeSplice } from "./object-splices.ts";
import type { RowTexts } from "./row-texts.ts";
import { SplicedBody, type Splice, textSplice } from "./splices.ts";
import { type IncludeObject, partialOf, tableOf, type TableOptions, tableSplices } from "./table.ts";

export interface RenderOptions {
  readonly rows: RowTexts;
  readonly representation: Representation;
  readonly includeObject: IncludeObject;
  readonly context: StrategyContext;
}

export interface Rendering {
  readonly contentType: string;
  readonly body: string | SplicedBody;
}

/** An answer as the body of a response. Objects that are shown as they are stored are spliced from the stored bytes. */
export function render(answer: Exclude<Answer, { kind: "session" }>, options: RenderOptions): Rendering {
  if (answer.kind === "text") return { contentType: "text/plain", body: answer.text };
  const body = jsonOf(answer, options);
  if (options.representation.encoding === "yaml") return { contentType: "application/yaml", body: stringify(JSON.parse(body.toString())) };
  return { contentType: "application/json", body };
}

function jsonOf(answer: Exclude<Answer, { kind: "text" | "session" }>, options: RenderOptions): string | SplicedBody {
  const { shape } = options.representation;
  if (answer.kind === "document") return JSON.stringify(answer.document);
  if (answer.kind === "list") return new SplicedBody(listSplices(answer, shape, options));
  return shape.kind === "plain" ? new SplicedBody([wholeSplice(answer.of, answer.object)]) : objectText(answer, shape, options);
}

function tableOptions(version: "v1" | "v1beta1", { includeObject, context }: RenderOptions, withColumns = true): TableOptions {
  return { version, includeObject, context, withColumns };
}

function objectText(
  { object, of }: { object: KubeObject; of: Resource },
  shape: Exclude<Shape, { kind: "plain" }>,
  options: RenderOptions,
): string {
  if (shape.kind === "partial") return JSON.stringify(partialOf(object, shape.version));
  const { resourceVersion } = object.metadata;
  return JSON.stringify(
    tableOf(of, [object], resourceVersion === undefined ? {} : { resourceVersion }, tableOptions(shape.version, options)),
  );
}

function listSplices({ items, metadata, of }: Extract<Answer, { kind: "list" }>, shape: Shape, options: RenderOptions): readonly Splice[] {
  if (shape.kind === "table") return tableSplices(of, items, metadata, { ...tableOptions(shape.version, options), rows: options.rows });
  const isPartial = shape.kind === "partial";
  const kind = isPartial ? "PartialObjectMetadataList" : listKindOf(of.kind);
  const apiVersion = isPartial ? `meta.k8s.io/${shape.version}` : of.apiVersion;
  const start = `{"kind":"${kind}","apiVersion":"${apiVersion}","metadata":${JSON.stringify(metadata)},"items":[`;
  const head = storedHead({ apiVersion: of.storedApiVersion, kind: of.storedKind });
  const spliced = items.map((item, index) => {
    const before = index === 0 ? start : ",";
    return isPartial ? partialSplice(item, { version: shape.version, before, after: "" }) : listedSplice(head, item, before);
  });
  return [...(items.length === 0 ? [textSplice(start)] : spliced), textSplice("]}")];
}

/** Turns the events of a watch into lines of JSON; those that every watch of whole objects gets are made once. */
export function eventRenderer(
  of: Resource,
  options: RenderOptions,
  lines: EventLines,
): (type: WatchEventType, object: KubeObject) => Buffer {
  const { shape } = options.representation;
  let isFirst = true;
  return (type, object) => {
    if (shape.kind === "plain" && (type === "ADDED" || type === "MODIFIED"))
      return lines.line(type, object, () => wholeEvent(type, of, object));
    const withColumns = isFirst;
    isFirst = false;
    if (type === "ERROR") return Buffer.from(`{"type":"ERROR","object":${JSON.stringify(object)}}\n`);
    if (shape.kind === "plain") return wholeEvent(type, of, object);
    return Buffer.from(`{"type":"${type}","object":${eventText(type, object, { of, shape, options, withColumns })}}\n`);
  };
}

function wholeEvent(type: WatchEventType, of: Resource, object: KubeObject): Buffer {
  return new SplicedBody([{ ...wholeSplice(of, object, `{"type":"${type}","object":`), after: "}\n" }]).toBuffer();
}

function eventText(
  type: WatchEventType,
  object: KubeObject,
  {
    of,
    shape,
    options,
    withColumns,
  }: { of: Resource; shape: Exclude<Shape, { kind: "plain" }>; options: RenderOptions; withColumns: boolean },
): string {
  if (shape.kind === "partial") return JSON.stringify(partialOf(object, shape.version));
  const { resourceVersion = "" } = object.metadata;
  const rows = type === "BOOKMARK" ? [] : [object];
  return JSON.stringify(tableOf(of, rows, { resourceVersion }, tableOptions(shape.version, options, withColumns)));
}
