import { isDeepStrictEqual } from "node:util";
import { at, differences } from "../../runner/pattern.ts";
import type { RequestCase, Step } from "./table.ts";
import { fill } from "./table.ts";
import type { Answer, Sent, Wire } from "./wire.ts";

/** Groups of the resources that tables name shortly; what is not here is of the core group. */
const GROUPS: Readonly<Record<string, string>> = {
  deployments: "apps/v1",
  daemonsets: "apps/v1",
  replicasets: "apps/v1",
  statefulsets: "apps/v1",
  jobs: "batch/v1",
  cronjobs: "batch/v1",
  ingresses: "networking.k8s.io/v1",
  networkpolicies: "networking.k8s.io/v1",
  poddisruptionbudgets: "policy/v1",
  horizontalpodautoscalers: "autoscaling/v2",
  priorityclasses: "scheduling.k8s.io/v1",
  storageclasses: "storage.k8s.io/v1",
  csinodes: "storage.k8s.io/v1",
  volumeattachments: "storage.k8s.io/v1",
  certificatesigningrequests: "certificates.k8s.io/v1",
  customresourcedefinitions: "apiextensions.k8s.io/v1",
  leases: "coordination.k8s.io/v1",
  clusterroles: "rbac.authorization.k8s.io/v1",
  clusterrolebindings: "rbac.authorization.k8s.io/v1",
  mutatingwebhookconfigurations: "admissionregistration.k8s.io/v1",
  validatingwebhookconfigurations: "admissionregistration.k8s.io/v1",
  validatingadmissionpolicies: "admissionregistration.k8s.io/v1",
  validatingadmissionpolicybindings: "admissionregistration.k8s.io/v1",
};
const OF_CLUSTER = [
  "nodes",
  "namespaces",
  "persistentvolumes",
  "priorityclasses",
  "storageclasses",
  "csinodes",
  "volumeattachments",
  "certificatesigningrequests",
  "clusterroles",
  "clusterrolebindings",
  "customresourcedefinitions",
  "mutatingwebhookconfigurations",
  "validatingwebhookconfigurations",
  "validatingadmissionpolicies",
  "validatingadmissionpolicybindings",
];
const PATCHES: Readonly<Record<string, string>> = {
  json: "application/json-patch+json",
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
  apply: "application/apply-patch+yaml",
};

/** A namespace to send steps in, with what they leave behind. */
export class Steps {
  readonly #wire: Wire;
  readonly ns: string;
  readonly #outside: string[] = [];
  readonly #more: Readonly<Record<string, string | number>>;
  #count = 0;

  /** @param more names for texts, beside its own */
  constructor(wire: Wire, ns: string, more: Readonly<Record<string, string | number>> = {}) {
    this.#wire = wire;
    this.ns = ns;
    this.#more = more;
  }

  /** Makes the namespace, and others beside it. @param others names after its own, to labels */
  async open(others: Readonly<Record<string, Readonly<Record<string, string>>>>): Promise<void> {
    for (const [suffix, labels] of [["", {}] as const, ...Object.entries(others)]) {
      const name = suffix === "" ? this.ns : `${this.ns}-${suffix}`;
      await this.#made({ method: "POST", path: "/api/v1/namespaces", body: { metadata: { name, labels: fill(labels, this.names()) } } });
      // Its controller may not run here, and pods need it.
      await this.#wire.send({
        method: "POST",
        path: `/api/v1/namespaces/${name}/serviceaccounts`,
        body: { metadata: { name: "default" } },
      });
    }
  }

  /** Sends a step of a whole table; what it makes outside of namespaces is deleted by {@link close}. */
  async prepare(raw: Step): Promise<void> {
    const step = fill(raw, this.names()) as Step;
    const { body } = await this.set(step);
    const [method = "", target = ""] = step.do.split(" ");
    if (method === "POST" && OF_CLUSTER.includes(target)) this.#outside.push(`${this.pathOf(target)}/${String(body.metadata.name)}`);
  }

  async close(others: readonly string[]): Promise<void> {
    for (const path of this.#outside) await this.#wire.send({ method: "DELETE", path });
    for (const name of [this.ns, ...others.map((other) => `${this.ns}-${other}`)])
      await this.#wire.send({ method: "DELETE", path: `/api/v1/namespaces/${name}` });
  }

  /** Names that every case may use, `n` new each time. */
  names(): Record<string, string | number> {
    return { ...this.#more, ns: this.ns, n: `x${++this.#count}` };
  }

  /** Sends a step that must not be refused. */
  async set(step: Step): Promise<Answer> {
    return this.#made(this.#sent(step));
  }

  /** Answers what differs from what the case says. */
  async check(raw: RequestCase): Promise<readonly string[]> {
    const one = fill(raw, this.names()) as RequestCase;
    for (const step of one.given ?? []) await this.set(step);
    const { status, body } = await this.#wire.send(this.#sent(one));
    const found: string[] = [];
    if (one.status !== undefined && status !== one.status) found.push(`status: ${status} instead of ${one.status}`);
    if (one.message !== undefined) found.push(...differences(one.message, body.message, "message"));
    if (one.answer !== undefined) found.push(...differences(one.answer, body, "answer"));
    for (const [path, value] of Object.entries(one.exact ?? {}))
      if (!isDeepStrictEqual(at(body, path), value))
        found.push(`${path}: ${JSON.stringify(at(body, path))} instead of ${JSON.stringify(value)}`);
    if (one.names !== undefined) {
      const names = (body.items as { metadata: { name: string } }[] | undefined)?.map(({ metadata }) => metadata.name).join(" ");
      if (names !== one.names) found.push(`names: ${names ?? "none"} instead of ${one.names}`);
    }
    if (one.owners !== undefined) found.push(...ownersDiffer(one.owners, body));
    if (found.length > 0) found.push(JSON.stringify(body));
    return found;
  }

  #sent({ do: line, query, type, headers = {}, body }: Step): Sent {
    const [method = "", target = ""] = line.split(" ");
    const mediaType = type === undefined ? undefined : (PATCHES[type] ?? type);
    return {
      method,
      path: `${this.pathOf(target)}${query === undefined ? "" : `?${query}`}`,
      headers: { ...headers, ...(mediaType === undefined ? {} : { "content-type": mediaType }) },
      ...(body === undefined ? {} : { body }),
    };
  }

  pathOf(target: string): string {
    if (target.startsWith("/")) return target;
    const [resource = ""] = target.split("/");
    const group = GROUPS[resource];
    const root = group === undefined ? "/api/v1" : `/apis/${group}`;
    return OF_CLUSTER.includes(resource) ? `${root}/${target}` : `${root}/namespaces/${this.ns}/${target}`;
  }

  async #made(sent: Sent): Promise<Answer> {
    const answer = await this.#wire.send(sent);
    if (answer.status > 299) throw new Error(`${sent.method} ${sent.path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer;
  }
}

interface Managed {
  readonly metadata?: { readonly managedFields?: readonly { manager: string; operation: string; fieldsV1?: object }[] };
}

function ownersDiffer(expected: Readonly<Record<string, readonly string[]>>, body: Managed): string[] {
  const entries = body.metadata?.managedFields ?? [];
  const actual: Record<string, string[]> = {};
  for (const { manager, fieldsV1 = {} } of entries) (actual[manager] ??= []).push(...pathsOf(fieldsV1, ""));
  return Object.entries({ ...Object.fromEntries(Object.keys(actual).map((name) => [name, []])), ...expected }).flatMap(
    ([manager, paths]) => {
      const [is, wanted] = [(actual[manager] ?? []).toSorted().join(" "), [...paths].toSorted().join(" ")];
      return is === wanted ? [] : [`${manager} owns: ${is} instead of ${wanted}`];
    },
  );
}

/** Fields of a set: `data.a`, `spec.containers[name=web].image`, `metadata.finalizers[=x]`. */
function pathsOf(fields: object, prefix: string): string[] {
  return Object.entries(fields).flatMap(([key, below]: [string, object]) => {
    if (key === ".") return [prefix];
    const path = pathTo(key, prefix);
    return Object.keys(below).length === 0 ? [path] : pathsOf(below, path);
  });
}

function pathTo(key: string, prefix: string): string {
  const text = key.slice(2);
  if (key.startsWith("f:")) return prefix === "" ? text : `${prefix}.${text}`;
  if (key.startsWith("v:")) return `${prefix}[=${String(JSON.parse(text))}]`;
  const keys = Object.entries(JSON.parse(text) as Record<string, unknown>).map(([name, value]) => `${name}=${String(value)}`);
  return `${prefix}[${keys.join(",")}]`;
}
