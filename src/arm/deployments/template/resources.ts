import { sameName } from "../../ids.ts";
import type { TextPosition } from "../../json/json-reader.ts";
import { evaluate } from "./evaluate.ts";
import { copiesOf, type Turn } from "./resource-copy.ts";
import { RESOURCE_GROUPS, resourceIdOf } from "./resource-place.ts";
import { type Loop, PendingReference, type Scope, TemplateFailure } from "./scope.ts";
import { isObject, shown } from "./template-function.ts";

/** A resource of a template, whose name is known but not yet its properties. */
export interface PlannedResource {
  /** Full id. */
  readonly id: string;
  /** `Microsoft.ContainerService/managedClusters/agentPools`. */
  readonly type: string;
  /** `cluster/pool`. */
  readonly name: string;
  readonly apiVersion: string;
  readonly location: string | undefined;
  /** Ids of resources of the template that come first. */
  readonly dependsOn: readonly string[];
  /** As written in the template. */
  readonly source: Readonly<Record<string, unknown>>;
  /** The turns of copy loops that made it. */
  readonly loops: readonly Loop[];
}

/** Resources in a template at most. Source: azure-subscription-service-limits, template limits. */
export const MAX_RESOURCES = 800;
const SYNTAX_USAGE = "Please see https://aka.ms/arm-syntax-resources for usage details.";
const EXPRESSION_USAGE = "Please see https://aka.ms/arm-template-expressions for usage details.";
/** Parts of the template language that are refused, by the member that asks for them. */
const NOT_EMULATED = ["scope", "existing", "import"];

interface Environment {
  readonly scope: Scope;
  readonly positionOf: (object: unknown) => TextPosition;
}

interface Named extends Omit<PlannedResource, "dependsOn"> {
  readonly needs: readonly string[];
  readonly turn: Turn | undefined;
}

/** Flattens, names and orders the resources of a template. @throws {TemplateFailure} */
export function planResources(resources: unknown, environment: Environment): readonly PlannedResource[] {
  if (!Array.isArray(resources)) throw new TemplateFailure("The template property 'resources' must be an array.");
  const absent = new Set<string>();
  const named = nameAll(resources, { environment, parent: undefined, absent });
  if (named.length > MAX_RESOURCES)
    throw new TemplateFailure(`The number of template resources limit exceeded. Limit: ${MAX_RESOURCES} and actual: ${named.length}.`);
  const seen = new Set<string>();
  for (const { id, name } of named) {
    if (seen.has(id.toLowerCase()))
      throw new TemplateFailure(`The resource '${name}' is defined multiple times in a template. ${SYNTAX_USAGE}`);
    seen.add(id.toLowerCase());
  }
  const planned = named.map(({ needs, turn, ...resource }) => ({
    ...resource,
    dependsOn: [...new Set([...needs.flatMap((need) => resolveNeed(need, named, absent)), ...formerTurns(turn, named)])],
  }));
  checkCycles(planned);
  return planned;
}

interface Nesting {
  readonly environment: Environment;
  readonly parent: { readonly id: string; readonly type: string; readonly name: string } | undefined;
  /** In lower case: ids of resources whose condition is false, and names of loops. */
  readonly absent: Set<string>;
}

function nameAll(resources: readonly unknown[], nesting: Nesting): readonly Named[] {
  return resources.flatMap((source) => {
    if (!isObject(source)) throw new TemplateFailure("A template resource must be an object.");
    return copiesOf(source, nesting.environment.scope).flatMap(({ scope, turn, loopName }) => {
      if (loopName !== undefined) nesting.absent.add(loopName.toLowerCase());
      return turn === "none" ? [] : nameWithChildren(source, turn, { ...nesting, environment: { ...nesting.environment, scope } });
    });
  });
}

function nameWithChildren(source: Readonly<Record<string, unknown>>, turn: Turn | undefined, nesting: Nesting): readonly Named[] {
  const { named, isWanted } = nameOne(source, turn, nesting);
  const children = Array.isArray(source.resources) ? nameAll(source.resources, { ...nesting, parent: named }) : [];
  if (isWanted) return [named, ...children];
  for (const { id } of [named, ...children]) nesting.absent.add(id.toLowerCase());
  return [];
}

function nameOne(
  source: Readonly<Record<string, unknown>>,
  turn: Turn | undefined,
  { environment, parent }: Nesting,
): { readonly named: Named; readonly isWanted: boolean } {
  const { scope, positionOf } = environment;
  const { line, column } = positionOf(source);
  const at = `at line '${line}' and column '${column}'`;
  const read = (member: string): unknown =>
    evaluating(source[member], { scope, subject: `The template resource '${shown(source.name ?? "")}' ${at}` });
  const required = (member: string): string => {
    const value = read(member);
    if (typeof value === "string" && value !== "") return value;
    throw new TemplateFailure(`Required property '${member}' not found in JSON. Path 'resources', line ${line}, position ${column}.`);
  };
  for (const member of NOT_EMULATED)
    if (source[member] !== undefined) throw new TemplateFailure(`The element '${member}' of resources is not emulated.`);
  const [ownName, ownType, apiVersion] = [required("name"), required("type"), required("apiVersion")];
  const type = parent === undefined ? ownType : `${parent.type}/${ownType}`;
  const name = parent === undefined ? ownName : `${parent.name}/${ownName}`;
  checkSegments({ type, name, ownName, at });
  const id = resourceIdOf({ type, name, resourceGroup: read("resourceGroup"), subscriptionId: read("subscriptionId") }, scope.context);
  const [location, dependsOn, condition] = [read("location"), read("dependsOn"), read("condition")];
  // Differs from AKS: a child waits for the parent it is written in also when it does not say so.
  const needs = [...(Array.isArray(dependsOn) ? dependsOn.map(String) : []), ...(parent === undefined ? [] : [parent.id])];
  const place = typeof location === "string" ? location : undefined;
  const named = { id, type, name, apiVersion, location: place, needs, source, turn, loops: scope.loops ?? [] };
  return { named, isWanted: condition === undefined || condition === true };
}

function checkSegments({
  type,
  name,
  ownName,
  at,
}: {
  readonly type: string;
  readonly name: string;
  readonly ownName: string;
  readonly at: string;
}): void {
  const types = type.split("/").slice(1);
  const names = name.split("/");
  if (types.length > 0 && types.length === names.length && !names.includes("")) return;
  throw new TemplateFailure(
    `The template resource '${ownName}' for type '${type}' ${at} has incorrect segment lengths. A nested resource type must have identical ` +
      "number of segments as its resource name. A root resource type must have segment length one greater than its resource name. " +
      SYNTAX_USAGE,
  );
}

function evaluating(value: unknown, { scope, subject }: { readonly scope: Scope; readonly subject: string }): unknown {
  try {
    return evaluate(value, scope);
  } catch (error) {
    const isEarly = error instanceof PendingReference;
    if (!isEarly && !(error instanceof TemplateFailure)) throw error;
    const reason = isEarly ? "The template function 'reference' is not expected at this location." : error.message;
    throw new TemplateFailure(`${subject} is not valid: ${reason}. ${EXPRESSION_USAGE}`, { cause: error });
  }
}

/** The ids that a `dependsOn` means: an id, a name, `Namespace/type/name`, or the name of a loop for all that it made. */
function resolveNeed(need: string, named: readonly Named[], absent: ReadonlySet<string>): readonly string[] {
  const lower = need.toLowerCase();
  const found = named.find(
    ({ id, name, type }) =>
      id.toLowerCase() === lower ||
      name.toLowerCase() === lower ||
      `${type}/${name}`.toLowerCase() === lower ||
      id.toLowerCase().endsWith(`/providers/${lower}`) ||
      // `resourceId` writes a group's id as that of any resource of a subscription.
      (sameName(type, RESOURCE_GROUPS) && lower.endsWith(`/providers/${type}/${name}`.toLowerCase())),
  );
  if (found !== undefined) return [found.id];
  const looped = named.filter(({ turn }) => turn?.name.toLowerCase() === lower);
  if (looped.length > 0) return looped.map(({ id }) => id);
  if ([...absent].some((id) => id === lower || id.endsWith(`/${lower}`))) return [];
  throw new TemplateFailure(
    `The resource '${need}' is not defined in the template. Please see https://aka.ms/arm-syntax for usage details.`,
  );
}

/** The resources of a serial loop's batch before the turn's own. */
function formerTurns(turn: Turn | undefined, named: readonly Named[]): readonly string[] {
  if (turn?.batchSize === undefined) return [];
  const batchOf = (index: number): number => Math.floor(index / (turn.batchSize ?? 1));
  return named
    .filter((other) => other.turn?.name === turn.name && batchOf(other.turn.index) === batchOf(turn.index) - 1)
    .map(({ id }) => id);
}

function checkCycles(resources: readonly PlannedResource[]): void {
  const byId = new Map(resources.map((resource) => [resource.id, resource]));
  const done = new Set<string>();
  const path = new Set<string>();
  const visit = (id: string): void => {
    if (done.has(id)) return;
    if (path.has(id)) throw new TemplateFailure(`Circular dependency detected on resource: '${id}'. ${SYNTAX_USAGE}`);
    path.add(id);
    byId.get(id)?.dependsOn.forEach(visit);
    path.delete(id);
    done.add(id);
  };
  for (const { id } of resources) visit(id);
}
