import { equalJson, isJsonObject, type JsonObject, type PatchType, setKey } from "#kube/apimachinery";

/**
 * The strategic merge patch that makes an object what a file wants, where `before` is the file of the last apply:
 *
 * ```
 *   before {a: 1, list: [{name: x}, {name: y}]}    wanted {b: 2, list: [{name: x}]}
 *   → {a: null, b: 2, list: [{name: x}, {$patch: delete, name: y}]}
 * ```
 *
 * What neither file names stays. Source: kubernetes/apimachinery pkg/util/strategicpatch/patch.go, CreateThreeWayMergePatch;
 * unlike it the patch repeats what is so already, which changes nothing.
 * @param type rules of the object's lists.
 */
export function threeWayPatch(before: JsonObject, wanted: JsonObject, type: PatchType): Record<string, unknown> {
  const patch: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(wanted)) setKey(patch, key, member(ownOf(before, key), value, type[key]));
  for (const key of Object.keys(before)) if (!Object.hasOwn(wanted, key)) setKey(patch, key, null);
  return patch;
}

function ownOf(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function member(before: unknown, wanted: unknown, field: PatchType[string] | undefined): unknown {
  if (isJsonObject(wanted)) return isJsonObject(before) ? threeWayPatch(before, wanted, field?.type ?? {}) : wanted;
  if (!Array.isArray(wanted) || !Array.isArray(before) || field?.strategy !== "merge") return wanted;
  const { mergeKey } = field;
  return mergeKey === undefined ? wanted : mergedList(before, wanted, { mergeKey, type: field.type ?? {} });
}

function mergedList(
  before: readonly unknown[],
  wanted: readonly unknown[],
  { mergeKey, type }: { readonly mergeKey: string; readonly type: PatchType },
): readonly unknown[] {
  const keyOf = (item: unknown): unknown => (isJsonObject(item) ? item[mergeKey] : undefined);
  const items = wanted.map((item) => {
    const previous = before.find((other) => equalJson(keyOf(other), keyOf(item)));
    return isJsonObject(item) && isJsonObject(previous) ? threeWayPatch(previous, item, type) : item;
  });
  const gone = before.filter((item) => keyOf(item) !== undefined && !wanted.some((other) => equalJson(keyOf(other), keyOf(item))));
  return [...items, ...gone.map((item) => ({ $patch: "delete", [mergeKey]: keyOf(item) }))];
}
