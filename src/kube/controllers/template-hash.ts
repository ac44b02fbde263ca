import type { PodTemplate } from "#api/kubernetes/workloads";
import { safeEncode } from "#kube/apimachinery";

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * A short text that stands for a pod template: value of `pod-template-hash` and end of the replica set's name.
 * Differs from AKS: the text hashed is the template's JSON, not Go's dump of it, so the values are others; form and length are the same.
 * Source: kubernetes pkg/controller/controller_utils.go, ComputeHash (32-bit FNV, then SafeEncodeString).
 * @param collisions how often a name made this way was taken by another template; 0 for never.
 */
export function templateHash(template: PodTemplate, collisions: number): string {
  const text = canonicalJson(template) + (collisions === 0 ? "" : `#${collisions}`);
  let hash = FNV_OFFSET;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, FNV_PRIME) >>> 0;
  return safeEncode(String(hash));
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
