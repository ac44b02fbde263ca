import { sameName } from "../ids.ts";
import type { ArmPath } from "../provider.ts";

/** Takes a full resource id, `/subscriptions/…/providers/Namespace/type/name…`, apart. */
export function parseResourceId(id: string): ArmPath {
  const parts = id.split("/").filter((part) => part !== "");
  const at = (name: string): number => parts.findIndex((part, index) => index % 2 === 0 && sameName(part, name));
  const providers = at("providers");
  const group = at("resourceGroups");
  const scope = {
    subscriptionId: sameName(parts[0] ?? "", "subscriptions") ? (parts[1] ?? "") : "",
    ...(group === -1 || (providers !== -1 && group > providers) ? {} : { resourceGroup: parts[group + 1] ?? "" }),
  };
  if (providers === -1) return { ...scope, segments: [] };
  return toArmPath({ ...scope, namespace: parts[providers + 1] ?? "", segments: parts.slice(providers + 2) });
}

/**
 * The path of what a request is about: below a `/providers/` that comes after a resource's own type and name, that is a
 * resource of another namespace which extends the first one.
 */
export function toArmPath(path: ArmPath & { readonly namespace: string }): ArmPath {
  const at = path.segments.findLastIndex((part, index) => index >= 2 && index % 2 === 0 && sameName(part, "providers"));
  if (at === -1) return path;
  return {
    ...path,
    namespace: path.segments[at + 1] ?? "",
    segments: path.segments.slice(at + 2),
    extends: idOf({ ...path, segments: path.segments.slice(0, at) }),
  };
}

/** The full id that a path stands for, in the letter case of the path. */
export function idOf(path: ArmPath): string {
  const { namespace, segments } = path;
  const own = namespace === undefined ? "" : `/providers/${[namespace, ...segments].join("/")}`;
  return `${scopeOf(path)}${own}`;
}

/** What the path's own resource belongs to: a resource, a group or a subscription. */
export function scopeOf({ subscriptionId, resourceGroup, extends: extended }: ArmPath): string {
  if (extended !== undefined) return extended;
  if (subscriptionId === "") return "";
  return `/subscriptions/${subscriptionId}${resourceGroup === undefined ? "" : `/resourceGroups/${resourceGroup}`}`;
}
