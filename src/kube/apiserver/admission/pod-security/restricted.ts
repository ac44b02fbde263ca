import type { Container } from "#api/kubernetes/core";
import type { JsonObject } from "#kube/apimachinery";
import { badSeccomp, type Check, hasOwnUsers, procMountRestricted, seccompOf } from "./baseline.ts";
import {
  containersOf,
  contextOf,
  distinct,
  named,
  objectIn,
  plural,
  quoted,
  settersOf,
  type Subject,
  textsIn,
  type Violation,
} from "./spec.ts";

/** Since 1.25 some rules do not hold for pods that say that they are of Windows. */
const isOfWindows = ({ spec }: Subject, minor: number): boolean => minor >= 25 && objectIn(spec, "os")["name"] === "windows";

const allowPrivilegeEscalation: Check = {
  id: "allowPrivilegeEscalation",
  since: 8,
  find(subject, minor) {
    if (isOfWindows(subject, minor)) return undefined;
    const bad = containersOf(subject.spec).filter((container) => contextOf(container)["allowPrivilegeEscalation"] !== false);
    if (bad.length === 0) return undefined;
    return {
      reason: "allowPrivilegeEscalation != false",
      detail: `${named(bad)} must set securityContext.allowPrivilegeEscalation=false`,
    };
  },
};

const capabilities: Check = {
  id: "capabilities_restricted",
  since: 22,
  overrides: ["capabilities_baseline"],
  find(subject, minor) {
    if (isOfWindows(subject, minor)) return undefined;
    const containers = containersOf(subject.spec);
    const listOf = (container: Container, member: "add" | "drop"): readonly string[] =>
      textsIn(objectIn(contextOf(container), "capabilities"), member);
    const addedBy = (container: Container): string[] => listOf(container, "add").filter((each) => each !== "NET_BIND_SERVICE");
    const keeping = containers.filter((container) => !listOf(container, "drop").includes("ALL"));
    const adding = containers.filter((container) => addedBy(container).length > 0);
    const details = [
      ...(keeping.length === 0 ? [] : [`${named(keeping)} must set securityContext.capabilities.drop=["ALL"]`]),
      ...(adding.length === 0
        ? []
        : [`${named(adding)} must not include ${quoted(distinct(adding.flatMap(addedBy)))} in securityContext.capabilities.add`]),
    ];
    return details.length === 0 ? undefined : { reason: "unrestricted capabilities", detail: details.join("; ") };
  },
};

const GOOD_VOLUMES = ["configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim", "projected", "secret"];
const BAD_VOLUMES =
  "hostPath gcePersistentDisk awsElasticBlockStore gitRepo nfs iscsi glusterfs rbd flexVolume cinder cephfs flocker fc azureFile vsphereVolume quobyte azureDisk photonPersistentDisk portworxVolume scaleIO storageos".split(
    " ",
  );

const restrictedVolumes: Check = {
  id: "restrictedVolumes",
  overrides: ["hostPathVolumes"],
  find({ spec }) {
    const bad = (spec.volumes ?? []).filter((volume) => GOOD_VOLUMES.every((type) => volume[type] === undefined));
    if (bad.length === 0) return undefined;
    const types = distinct(bad.map((volume) => BAD_VOLUMES.find((type) => volume[type] !== undefined) ?? "unknown"));
    const names = quoted(bad.map(({ name }) => name));
    const who = `${plural("volume", "volumes", bad.length)} ${names} ${plural("uses", "use", bad.length)}`;
    const what = `${plural("restricted volume type", "restricted volume types", types.length)} ${quoted(types)}`;
    return { reason: "restricted volume types", detail: `${who} ${what}` };
  },
};

/** Containers that leave something open, unless the pod says it for all. */
function openContainers({ spec }: Subject, isSet: (context: JsonObject) => boolean): readonly Container[] {
  return isSet(contextOf(spec)) ? [] : containersOf(spec).filter((container) => !isSet(contextOf(container)));
}

const runAsNonRoot: Check = {
  id: "runAsNonRoot",
  find(subject, minor): Violation | undefined {
    if (minor >= 35 && hasOwnUsers(subject)) return undefined;
    const reason = "runAsNonRoot != true";
    const setters = settersOf(subject, (context) => context["runAsNonRoot"] === false);
    if (setters.length > 0) return { reason, detail: `${setters.join(" and ")} must not set securityContext.runAsNonRoot=false` };
    const open = openContainers(subject, (context) => context["runAsNonRoot"] === true);
    return open.length === 0 ? undefined : { reason, detail: `pod or ${named(open)} must set securityContext.runAsNonRoot=true` };
  },
};

const runAsUser: Check = {
  id: "runAsUser",
  since: 23,
  find(subject, minor) {
    if (minor >= 35 && hasOwnUsers(subject)) return undefined;
    const setters = settersOf(subject, (context) => context["runAsUser"] === 0);
    return setters.length === 0 ? undefined : { reason: "runAsUser=0", detail: `${setters.join(" and ")} must not set runAsUser=0` };
  },
};

const seccompProfile: Check = {
  id: "seccompProfile_restricted",
  since: 19,
  overrides: ["seccompProfile_baseline"],
  find(subject, minor) {
    if (isOfWindows(subject, minor)) return undefined;
    const bad = badSeccomp(subject);
    if (bad !== undefined) return bad;
    const open = openContainers(subject, (context) => seccompOf(context) !== undefined);
    if (open.length === 0) return undefined;
    const detail = `pod or ${named(open)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`;
    return { reason: "seccompProfile", detail };
  },
};

/** The rules of the restricted level beyond the baseline, in the order in which refusals name them. Source: policy/check_*.go. */
export const restrictedChecks: readonly Check[] = [
  allowPrivilegeEscalation,
  capabilities,
  procMountRestricted,
  restrictedVolumes,
  runAsNonRoot,
  runAsUser,
  seccompProfile,
];
