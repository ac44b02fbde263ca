import type { PodTemplate } from "#api/kubernetes/workloads";
import { defaultPodSpec } from "./defaults.ts";

/** Fills a template of pods; a template without a spec gets an empty one, which validation then refuses. */
export function defaultTemplate(template: PodTemplate | undefined): void {
  if (template === undefined) return;
  template.metadata ??= {};
  template.spec ??= { containers: [] };
  defaultPodSpec(template.spec);
}
