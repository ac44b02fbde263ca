import { notAcceptable } from "../status.ts";

/** How objects and lists are to be shown. */
export type Shape =
  | { readonly kind: "plain" }
  | { readonly kind: "table"; readonly version: "v1" | "v1beta1" }
  | { readonly kind: "partial"; readonly version: "v1" | "v1beta1" };

export interface Representation {
  readonly encoding: "json" | "yaml";
  readonly shape: Shape;
}

/** One clause of an Accept header. */
interface Clause {
  readonly type: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly quality: number;
}

const JSON_TYPE = "application/json";
const YAML_TYPE = "application/yaml";
const PLAIN: Shape = { kind: "plain" };
const AS_JSON: Representation = { encoding: "json", shape: PLAIN };
/** Clauses of an Accept header that are looked at. */
const MAX_CLAUSES = 32;

/**
 * The first representation that the client would take, in its order of preference.
 * Protobuf is never answered: every client that prefers it takes JSON as well.
 * @throws {StatusError} NotAcceptable when it takes nothing of what there is.
 */
export function negotiate(accept: string | undefined): Representation {
  if (accept === undefined || accept.trim() === "") return AS_JSON;
  for (const clause of clausesOf(accept)) {
    const encoding = encodingOf(clause.type);
    const shape = shapeOf(clause.parameters);
    if (encoding !== undefined && shape !== undefined) return { encoding, shape };
  }
  throw notAcceptable([JSON_TYPE, YAML_TYPE]);
}

/** The version of the aggregated discovery document that the client prefers to the plain ones, if it does. */
export function aggregatedVersion(accept: string | undefined): "v2" | "v2beta1" | undefined {
  for (const { type, parameters } of clausesOf(accept ?? "")) {
    if (encodingOf(type) === undefined) continue;
    const { as, g, v } = parameters;
    if (as === undefined) return undefined;
    if (as === "APIGroupDiscoveryList" && g === "apidiscovery.k8s.io" && (v === "v2" || v === "v2beta1")) return v;
  }
  return undefined;
}

function clausesOf(accept: string): readonly Clause[] {
  const clauses = accept.split(",").slice(0, MAX_CLAUSES).map(clauseOf);
  // The sort is stable: equal qualities keep the client's order.
  return clauses.filter(({ quality }) => quality > 0).sort((left, right) => right.quality - left.quality);
}

function clauseOf(text: string): Clause {
  const [type = "", ...rest] = text.split(";").map((part) => part.trim());
  const parameters: Record<string, string> = {};
  for (const part of rest) {
    const at = part.indexOf("=");
    if (at > 0) parameters[part.slice(0, at).trim()] = part.slice(at + 1).trim();
  }
  const quality = parameters["q"] === undefined ? 1 : Number(parameters["q"]);
  return { type: type.toLowerCase(), parameters, quality: Number.isNaN(quality) ? 0 : quality };
}

function encodingOf(type: string): "json" | "yaml" | undefined {
  if (type === JSON_TYPE || type === "*/*" || type === "application/*") return "json";
  return type === YAML_TYPE ? "yaml" : undefined;
}

/** Undefined for a shape that nobody can make: the next clause may ask for another. */
function shapeOf({ as, g, v }: Readonly<Record<string, string>>): Shape | undefined {
  if (as === undefined) return PLAIN;
  if (g !== "meta.k8s.io" || (v !== "v1" && v !== "v1beta1")) return undefined;
  if (as === "Table") return { kind: "table", version: v };
  return as === "PartialObjectMetadata" || as === "PartialObjectMetadataList" ? { kind: "partial", version: v } : undefined;
}
