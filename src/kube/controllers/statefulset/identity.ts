import type { Pod } from "#api/kubernetes/core";
import type { ControllerRevision, PersistentVolumeClaim, PodTemplate, StatefulSet } from "#api/kubernetes/workloads";
import { controllerReference, isJsonObject } from "#kube/apimachinery";
import { type PodOwner, podFromTemplate } from "../pod-control.ts";
import { REVISION } from "../revisions.ts";

const POD_NAME = "statefulset.kubernetes.io/pod-name";
const POD_INDEX = "apps.kubernetes.io/pod-index";
/** First minor version whose pods have their index as a label. Source: kubernetes CHANGELOG-1.28, PodIndexLabel. */
const INDEX_LABEL_SINCE_MINOR = 28;

/** The number at the end of a pod's name; undefined for a pod that is not named as the set's are. */
export function ordinalOf(set: StatefulSet, pod: Pod): number | undefined {
  const [, name, ordinal] = /^(.+)-(\d+)$/.exec(pod.metadata.name) ?? [];
  return name === set.metadata.name ? Number(ordinal) : undefined;
}

export function revisionOf(pod: Pod): string {
  return pod.metadata.labels?.[REVISION] ?? "";
}

/** The template that a revision keeps. Source: pkg/controller/statefulset/stateful_set_utils.go, ApplyRevision. */
export function templateOf(revision: ControllerRevision, set: StatefulSet): PodTemplate {
  const { data } = revision;
  const spec = isJsonObject(data) && isJsonObject(data["spec"]) ? data["spec"] : {};
  if (!isJsonObject(spec["template"])) return set.spec.template;
  const { $patch: _, ...template } = spec["template"];
  return template as unknown as PodTemplate;
}

/** The pod of an ordinal, by one of the set's revisions. Source: stateful_set_utils.go, newStatefulSetPod. */
export function podOf(
  set: StatefulSet & PodOwner,
  revision: ControllerRevision,
  { ordinal, minor }: { ordinal: number; minor: number },
): Pod {
  const template = templateOf(revision, set);
  const name = `${set.metadata.name}-${ordinal}`;
  const claims = claimsOf(set, ordinal);
  const volumes = [
    ...claims.map(({ volume, claim }) => ({ name: volume, persistentVolumeClaim: { claimName: claim.metadata.name } })),
    ...(template.spec.volumes ?? []).filter(({ name: own }) => claims.every(({ volume }) => volume !== own)),
  ];
  const labels = {
    [POD_NAME]: name,
    [REVISION]: revision.metadata.name,
    ...(minor >= INDEX_LABEL_SINCE_MINOR && { [POD_INDEX]: String(ordinal) }),
  };
  const pod = podFromTemplate(set, template, {
    labels,
    spec: { ...template.spec, hostname: name, subdomain: set.spec.serviceName ?? "", ...(volumes.length > 0 && { volumes }) },
  });
  const { generateName: _, ...metadata } = pod.metadata;
  return { ...pod, metadata: { ...metadata, name } };
}

/** A claim for each template, with the volume that it is for. */
export function claimsOf(set: StatefulSet, ordinal: number): readonly { readonly volume: string; readonly claim: PersistentVolumeClaim }[] {
  return (set.spec.volumeClaimTemplates ?? []).map((template) => ({
    volume: template.metadata.name,
    claim: {
      metadata: {
        name: `${template.metadata.name}-${set.metadata.name}-${ordinal}`,
        ...(set.metadata.namespace !== undefined && { namespace: set.metadata.namespace }),
        labels: { ...template.metadata.labels, ...set.spec.selector.matchLabels },
        ...(template.metadata.annotations !== undefined && { annotations: template.metadata.annotations }),
      },
      spec: template.spec,
    },
  }));
}

/** Claims that go with their set are its own. Source: stateful_set_utils.go, updateClaimOwnerRefForSetAndPod. */
export function ownedBySet(claim: PersistentVolumeClaim, set: StatefulSet & PodOwner): PersistentVolumeClaim {
  if (set.spec.persistentVolumeClaimRetentionPolicy?.whenDeleted !== "Delete") return claim;
  return { ...claim, metadata: { ...claim.metadata, ownerReferences: [controllerReference(set)] } };
}
