import type { JsonObject } from "#kube/apimachinery";
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

/** A rule: what it finds wrong with a pod at a minor of the policy. */
export interface Check {
  readonly id: string;
  /** First minor of the policy that has it. */
  readonly since?: number;
  /** Rules of the baseline that it stands for. */
  readonly overrides?: readonly string[];
  find(subject: Subject, minor: number): Violation | undefined;
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

/** A profile that is set by type: seccomp, AppArmor. */
const typeOf = (context: JsonObject, profile: string): string | undefined =>
  context[profile] === undefined ? undefined : textOf(objectIn(context, profile)["type"]);

const GOOD_PROFILES = ["Localhost", "RuntimeDefault"];
export const isBadProfile = (type: string | undefined): boolean => type !== undefined && !GOOD_PROFILES.includes(type);
const APP_ARMOR_ANNOTATION = "container.apparmor.security.beta.kubernetes.io/";

const appArmorProfile: Check = {
  id: "appArmorProfile",
  find(subject) {
    const sets = (context: JsonObject): boolean => isBadProfile(typeOf(context, "appArmorProfile"));
    const values = distinct(valuesOf(subject, (context) => typeOf(context, "appArmorProfile") ?? "", sets));
    const annotations = Object.entries(subject.annotations)
      .filter(
        ([key, value]) =>
          key.startsWith(APP_ARMOR_ANNOTATION) && value !== "" && value !== "runtime/default" && !value.startsWith("localhost/"),
      )
      .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
      .sort();
    const setters = [
      ...settersOf(subject, sets),
      ...(annotations.length === 0 ? [] : [plural("annotation", "annotations", annotations.length)]),
    ];
    if (setters.length === 0) return undefined;
    const bad = [...values, ...annotations];
    const reason = plural("forbidden AppArmor profile", "forbidden AppArmor profiles", bad.length);
    return { reason, detail: `${setters.join(" and ")} must not set AppArmor profile type to ${quoted(bad)}` };
  },
};

/** What the pod and its containers set, where they set it. */
export function valuesOf({ spec }: Subject, value: (context: JsonObject) => string, sets: (context: JsonObject) => boolean): string[] {
  return [contextOf(spec), ...containersOf(spec).map(contextOf)].filter(sets).map(value);
}

const DEFAULT_CAPABILITIES = new Set(
  "AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT".split(" "),
);

const capabilities: Check = {
  id: "capabilities_baseline",
  find({ spec }) {
    const oddIn = (container: Parameters<typeof contextOf>[0]): string[] =>
      textsIn(objectIn(contextOf(container), "capabilities"), "add").filter((each) => !DEFAULT_CAPABILITIES.has(each));
    const bad = containersOf(spec).filter((container) => oddIn(container).length > 0);
    if (bad.length === 0) return undefined;
    const detail = `${named(bad)} must not include ${quoted(distinct(bad.flatMap(oddIn)))} in securityContext.capabilities.add`;
    return { reason: "non-default capabilities", detail };
  },
};

const hostNamespaces: Check = {
  id: "hostNamespaces",
  find({ spec }) {
    const set = ["hostNetwork", "hostPID", "hostIPC"].filter((member) => (spec as unknown as JsonObject)[member] === true);
    return set.length === 0 ? undefined : { reason: "host namespaces", detail: set.map((member) => `${member}=true`).join(", ") };
  },
};

const hostPathVolumes: Check = {
  id: "hostPathVolumes",
  find({ spec }) {
    const names = (spec.volumes ?? []).filter((volume) => volume["hostPath"] !== undefined).map(({ name }) => name);
    if (names.length === 0) return undefined;
    return { reason: "hostPath volumes", detail: `${plural("volume", "volumes", names.length)} ${quoted(names)}` };
  },
};

const hostPorts: Check = {
  id: "hostPorts",
  find({ spec }) {
    const portsOf = (container: { ports?: readonly { hostPort?: number }[] }): string[] =>
      (container.ports ?? []).flatMap(({ hostPort }) => (hostPort === undefined || hostPort === 0 ? [] : [String(hostPort)]));
    const bad = containersOf(spec).filter((container) => portsOf(container).length > 0);
    if (bad.length === 0) return undefined;
    const ports = distinct(bad.flatMap(portsOf));
    const detail = `${named(bad)} ${plural("uses", "use", bad.length)} ${plural("hostPort", "hostPorts", ports.length)} ${ports.join(", ")}`;
    return { reason: "hostPort", detail };
  },
};

const HANDLERS = [["livenessProbe"], ["readinessProbe"], ["startupProbe"], ["lifecycle", "postStart"], ["lifecycle", "preStop"]];

const hostProbes: Check = {
  id: "hostProbesAndHostLifecycle",
  since: 34,
  find({ spec }) {
    const hostsOf = (container: unknown): string[] =>
      HANDLERS.flatMap((path) => ["httpGet", "tcpSocket"].map((way) => textOf(objectIn(container, ...path, way)["host"]))).filter(Boolean);
    const bad = containersOf(spec).filter((container) => hostsOf(container).length > 0);
    if (bad.length === 0) return undefined;
    const hosts = distinct(bad.flatMap(hostsOf));
    const what = plural("probe or lifecycle host", "probe or lifecycle hosts", hosts.length);
    const names = distinct(bad.map(({ name }) => name));
    const who = `${plural("container", "containers", names.length)} ${quoted(names)} ${plural("uses", "use", names.length)}`;
    return { reason: "probe or lifecycle host", detail: `${who} ${what} ${quoted(hosts)}` };
  },
};

const privileged: Check = {
  id: "privileged",
  find({ spec }) {
    const bad = containersOf(spec).filter((container) => contextOf(container)["privileged"] === true);
    return bad.length === 0 ? undefined : { reason: "privileged", detail: `${named(bad)} must not set securityContext.privileged=true` };
  },
};

/** Users of a pod are others than those of its node, so that some rules need not hold. Source: policy/helpers.go. */
export const hasOwnUsers = ({ spec }: Subject): boolean => spec["hostUsers"] === false;

function findProcMount({ spec }: Subject): Violation | undefined {
  const mountOf = (container: Parameters<typeof contextOf>[0]): string => textOf(contextOf(container)["procMount"]);
  const bad = containersOf(spec).filter((container) => !["", "Default"].includes(mountOf(container)));
  if (bad.length === 0) return undefined;
  return { reason: "procMount", detail: `${named(bad)} must not set securityContext.procMount to ${quoted(distinct(bad.map(mountOf)))}` };
}

const procMount: Check = {
  id: "procMount",
  find: (subject, minor) => (minor >= 35 && hasOwnUsers(subject) ? undefined : findProcMount(subject)),
};

/** Since 1.35 the restricted level does not let own users off. */
export const procMountRestricted: Check = { id: "procMount_restricted", since: 35, overrides: ["procMount"], find: findProcMount };

const SELINUX_TYPES = ["", "container_t", "container_init_t", "container_kvm_t"];

const seLinuxOptions: Check = {
  id: "seLinuxOptions",
  find(subject, minor) {
    const types = minor >= 31 ? [...SELINUX_TYPES, "container_engine_t"] : SELINUX_TYPES;
    const option = (context: JsonObject, name: string): string => textOf(objectIn(context, "seLinuxOptions")[name]);
    const isBad = (context: JsonObject): boolean =>
      !types.includes(option(context, "type")) || option(context, "user") !== "" || option(context, "role") !== "";
    const setters = settersOf(subject, isBad);
    if (setters.length === 0) return undefined;
    const bad = (name: string): string[] => distinct(valuesOf(subject, (context) => option(context, name), isBad));
    const badTypes = bad("type").filter((type) => !types.includes(type));
    const data = [
      ...(badTypes.length === 0 ? [] : [`${plural("type", "types", badTypes.length)} ${quoted(badTypes)}`]),
      ...["user", "role"].filter((name) => bad(name).some((value) => value !== "")).map((name) => `${name} may not be set`),
    ];
    return {
      reason: "seLinuxOptions",
      detail: `${setters.join(" and ")} set forbidden securityContext.seLinuxOptions: ${data.join("; ")}`,
    };
  },
};

export const seccompOf = (context: JsonObject): string | undefined => typeOf(context, "seccompProfile");

/** Profiles that are set and may not be. Source: policy/check_seccompProfile_baseline.go. */
export function badSeccomp(subject: Subject): Violation | undefined {
  const isBad = (context: JsonObject): boolean => isBadProfile(seccompOf(context));
  const setters = settersOf(subject, isBad);
  if (setters.length === 0) return undefined;
  const values = quoted(distinct(valuesOf(subject, (context) => seccompOf(context) ?? "", isBad)));
  return { reason: "seccompProfile", detail: `${setters.join(" and ")} must not set securityContext.seccompProfile.type to ${values}` };
}

const SYSCTLS: readonly [since: number, names: string][] = [
  [
    0,
    "kernel.shm_rmid_forced net.ipv4.ip_local_port_range net.ipv4.tcp_syncookies net.ipv4.ping_group_range net.ipv4.ip_unprivileged_port_start",
  ],
  [27, "net.ipv4.ip_local_reserved_ports"],
  [29, "net.ipv4.tcp_keepalive_time net.ipv4.tcp_fin_timeout net.ipv4.tcp_keepalive_intvl net.ipv4.tcp_keepalive_probes"],
  [32, "net.ipv4.tcp_rmem net.ipv4.tcp_wmem"],
];

const sysctls: Check = {
  id: "sysctls",
  find({ spec }, minor) {
    const allowed = new Set(SYSCTLS.flatMap(([since, names]) => (minor >= since ? names.split(" ") : [])));
    const set: unknown = contextOf(spec)["sysctls"];
    const bad = (Array.isArray(set) ? set : [])
      .map((each) => textOf(objectIn({ each }, "each")["name"]))
      .filter((name) => !allowed.has(name));
    return bad.length === 0 ? undefined : { reason: "forbidden sysctls", detail: bad.join(", ") };
  },
};

const windowsHostProcess: Check = {
  id: "windowsHostProcess",
  find(subject) {
    const setters = settersOf(subject, (context) => objectIn(context, "windowsOptions")["hostProcess"] === true);
    if (setters.length === 0) return undefined;
    return { reason: "hostProcess", detail: `${setters.join(" and ")} must not set securityContext.windowsOptions.hostProcess=true` };
  },
};

/**
 * The rules of the baseline level, in the order in which refusals name them.
 * Source: pod-security-admission policy/check_*.go. Differs from AKS: seccomp annotations count at no version of the policy.
 */
export const baselineChecks: readonly Check[] = [
  appArmorProfile,
  capabilities,
  hostNamespaces,
  hostPathVolumes,
  hostPorts,
  hostProbes,
  privileged,
  procMount,
  seLinuxOptions,
  { id: "seccompProfile_baseline", since: 19, find: badSeccomp },
  sysctls,
  windowsHostProcess,
];
