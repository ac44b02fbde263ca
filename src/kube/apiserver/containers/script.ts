import type { ConfigMap } from "#api/kubernetes/core";
import { simulationText, type SimulationWord } from "#api/simulation";
import { ownEntry } from "#lib";
import type { Core } from "../core.ts";
import { entryKey } from "../storage/storage.ts";
import type { ContainerTarget } from "./target.ts";

/** `configmap/settings` or `configmap/settings/web.log`. */
const REFERENCE = /^configmap\/([a-z0-9.-]+)(?:\/([\w.-]+))?$/;

/**
 * What the pod's annotation says of the container, or what the ConfigMap holds that it names: the key of that name, or else the one
 * named as the word. Undefined when nothing is said; empty when the ConfigMap or the key is missing.
 */
export function scriptOf(core: Core, { pod, container, isMain }: ContainerTarget, word: SimulationWord): string | undefined {
  const text = simulationText(pod, { name: container, isMain }, word);
  const [, name, key = word] = REFERENCE.exec(text ?? "") ?? [];
  if (name === undefined) return text;
  const found = core.resources.preferred("", "configmaps")?.cache.get(entryKey(pod.metadata.namespace, name));
  const configMap: ConfigMap | undefined = found?.object;
  return ownEntry(configMap?.data ?? {}, key) ?? "";
}
