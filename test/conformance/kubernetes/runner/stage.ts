import type { Pod, Taint } from "#api/kubernetes/core";
import { systemClock } from "#lib";
import { Steps } from "./steps.ts";
import { fill, type Group, type NodeEntry, type PodEntry, type SchedulingCase } from "./table.ts";
import type { Answer, Sent, Wire } from "./wire.ts";

/** Longer than any scheduler takes that works. */
const DEADLINE_MS = 15_000;
const MOST_SENTINELS = 30;
const CORDONED = "node(s) were unschedulable";
/** Label whose value is new with every change to a node. */
const CHANGE = "lido.test/change";
/** What the nodes refuse a pod for that asks for more than there is. */
const TOO_MUCH = "Insufficient cpu";
const ROOM = { cpu: "4", memory: "16Gi", pods: "110", "ephemeral-storage": "100Gi" };

/** Nodes and pods for a scheduler to look at; nobody else may have nodes meanwhile. */
export class Stage {
  readonly #wire: Wire;
  readonly #steps: Steps;
  readonly #pods = new Map<string, Pod>();
  readonly #left: string[] = [];
  #nodes: readonly string[] = [];
  readonly #waiting = new Set<() => void>();
  #count = 0;
  #changes = 0;
  #watch: { stop(): void } | undefined;

  constructor(wire: Wire, steps: Steps) {
    this.#wire = wire;
    this.#steps = steps;
  }

  /** @throws {Error} where there are nodes. */
  async open(): Promise<void> {
    const nodes = await this.#send("GET", "/api/v1/nodes");
    if (nodes.body.items.length > 0) throw new Error("scheduling is only compared on a server without nodes");
    const { body } = await this.#send("GET", "/api/v1/pods");
    this.#watch = this.#wire.watch("/api/v1/pods", { resourceVersion: body.metadata.resourceVersion }, ({ type, object }) => {
      const key = object.metadata.name;
      if (object.metadata.namespace?.startsWith(this.#steps.ns) !== true) return;
      if (type === "DELETED") this.#pods.delete(key);
      else this.#pods.set(key, object as unknown as Pod);
      for (const wake of this.#waiting) wake();
    });
  }

  close(): void {
    this.#watch?.stop();
  }

  /** Puts the nodes of a group there. */
  async enter({ nodes }: Group): Promise<void> {
    this.#nodes = Object.keys(nodes);
    for (const [name, entry] of Object.entries(nodes)) await this.#addNode(name, entry ?? {});
  }

  async leave(): Promise<void> {
    for (const name of this.#nodes) await this.#send("DELETE", `/api/v1/nodes/${name}`);
    this.#nodes = [];
  }

  async #addNode(name: string, { labels = {}, taints = "", unschedulable, allocatable = {}, images = [] }: NodeEntry): Promise<void> {
    const amounts = { ...ROOM, ...allocatable };
    await this.#send("POST", "/api/v1/nodes", {
      metadata: { name, labels: { "kubernetes.io/hostname": name, ...labels } },
      spec: unschedulable === undefined ? {} : { unschedulable },
      status: { capacity: amounts, allocatable: amounts, images, conditions: [{ type: "Ready", status: "True", reason: "KubeletReady" }] },
    });
    // New nodes are tainted as not ready by admission; nothing here takes that away.
    await this.#change(name, { taints: taintsOf(taints) });
  }

  async #change(node: string, spec: object): Promise<void> {
    const metadata = { labels: { [CHANGE]: String(++this.#changes) } };
    await this.#send("PATCH", `/api/v1/nodes/${node}`, { metadata, spec }, "application/merge-patch+json");
  }

  /** Answers what differs from what the case says. */
  async check(raw: SchedulingCase): Promise<readonly string[]> {
    const one = fill(raw, this.#steps.names()) as SchedulingCase;
    try {
      for (const step of one.given ?? []) await this.#given(step);
      for (const [name, entry] of Object.entries({ ...placedIn(one.placed ?? ""), ...one.pods })) await this.#addPod(name, entry);
      await this.#settled();
      return await this.#judge(one);
    } catch (error) {
      return [(error as Error).message];
    } finally {
      await this.#clear();
    }
  }

  async #judge(one: SchedulingCase): Promise<string[]> {
    if (one.victims !== undefined) return this.#judgePreemption(one);
    if (one.message !== undefined) return this.#refused(one, (message) => message === one.message, one.message);
    const fits = words(one.fits ?? "");
    if (one.prefers !== undefined) {
      const node = await this.#bound(one);
      return words(one.prefers).includes(node) ? [] : [`went to ${node} instead of ${one.prefers}`];
    }
    const left = new Set(fits);
    while (left.size > 0) {
      const node = await this.#bound(one);
      if (!left.delete(node)) return [`went to ${node}, of ${fits.join(" ")}`];
      if (toleratesCordon(one)) return [];
      await this.#cordon(node, true);
      await this.#settled();
    }
    const cordoned = fits.length === 0 ? [] : [`${fits.length} ${CORDONED}`];
    const head = `0/${this.#nodes.length} nodes are available: `;
    if (one.reasons === undefined)
      return this.#refused(one, (message) => message.startsWith(head) && cordoned.every((text) => message.includes(text)), cordoned.join());
    const expected = `${head}${[...one.reasons.split(", "), ...cordoned].filter(Boolean).toSorted().join(", ")}.`;
    return this.#refused(one, (message) => message.startsWith(`${expected} `) || message === expected, expected);
  }

  async #judgePreemption(one: SchedulingCase): Promise<string[]> {
    const { nominated = "", victims = "" } = one;
    const name = await this.#probe(one);
    const dying = (): string =>
      [...this.#pods.values()]
        .filter(({ metadata }) => metadata.deletionTimestamp !== undefined)
        .map(({ metadata }) => metadata.name)
        .toSorted()
        .join(" ");
    const wanted = words(victims).toSorted().join(" ");
    const holds = (): boolean => this.#pods.get(name)?.status?.nominatedNodeName === nominated && dying() === wanted;
    const seen = (): string => `${dying()} on ${this.#pods.get(name)?.status?.nominatedNodeName ?? "none"}: ${this.#told(name)}`;
    return (await this.#until(holds)) ? [] : [`${seen()} instead of ${wanted} on ${nominated}`];
  }

  async #bound(one: SchedulingCase): Promise<string> {
    const name = await this.#probe(one);
    const node = (): string => this.#pods.get(name)?.spec.nodeName ?? "";
    if (!(await this.#until(() => node() !== "" || this.#told(name) !== "")))
      throw new Error("the pod is nowhere and nothing is said of it");
    const found = node();
    if (found === "") throw new Error(`the pod is nowhere: ${this.#told(name)}`);
    await this.#drop(name);
    return found;
  }

  async #refused(one: SchedulingCase, fits: (message: string) => boolean, expected: string): Promise<string[]> {
    const name = await this.#probe(one);
    const node = (): string => this.#pods.get(name)?.spec.nodeName ?? "";
    await this.#until(() => node() !== "" || this.#told(name) !== "");
    const told = this.#told(name);
    await this.#drop(name);
    if (fits(told)) return [];
    return [node() === "" ? `said: ${told}\ninstead of: ${expected}` : `went to ${node()} instead of: ${expected}`];
  }

  /** What the scheduler says of a pod that is nowhere. */
  #told(name: string): string {
    const condition = this.#pods.get(name)?.status?.conditions?.find(({ type }) => type === "PodScheduled");
    return condition?.status === "False" ? (condition.message ?? "") : "";
  }

  async #probe({ pod = {} }: SchedulingCase): Promise<string> {
    const name = `probe-${++this.#count}`;
    await this.#addPod(name, pod);
    return name;
  }

  async #addPod(name: string, { node, labels = {}, namespace, spec = {}, started }: PodEntry): Promise<void> {
    const ns = namespace === undefined ? this.#steps.ns : `${this.#steps.ns}-${namespace}`;
    const path = `/api/v1/namespaces/${ns}/pods`;
    const containers = [{ name: "main", image: "registry.k8s.io/pause:3.10" }];
    const all = { containers, ...(node === undefined ? {} : { nodeName: node }), ...spec };
    await this.#send("POST", path, { metadata: { name, labels }, spec: all });
    if (started === undefined) return;
    const body = { status: { phase: "Running", startTime: started } };
    await this.#send("PATCH", `${path}/${name}/status`, body, "application/merge-patch+json");
  }

  async #given(step: Parameters<Steps["set"]>[0]): Promise<void> {
    const { body } = await this.#steps.set(step);
    const [method = "", target = ""] = step.do.split(" ");
    if (method === "POST") this.#left.push(`${this.#steps.pathOf(target)}/${String(body.metadata.name)}`);
  }

  /**
   * Waits until the scheduler knows the last change to a node, with it those before, and the pods that were there before the pod
   * that asks: it finds the node by the change's label, and too small.
   */
  async #settled(): Promise<void> {
    const head = `0/${this.#nodes.length} nodes are available: 1 ${TOO_MUCH}`;
    const nodeSelector = { [CHANGE]: String(this.#changes) };
    const containers = [{ name: "main", image: "registry.k8s.io/pause:3.10", resources: { requests: { cpu: "1000000" } } }];
    for (let turn = 0; turn < MOST_SENTINELS; turn++) {
      const name = `sentinel-${++this.#count}`;
      await this.#addPod(name, { spec: { containers, nodeSelector, tolerations: [{ operator: "Exists" }] } });
      await this.#until(() => this.#told(name) !== "");
      const told = this.#told(name);
      await this.#drop(name);
      if (told.startsWith(head)) return;
    }
    throw new Error("the scheduler does not see the nodes");
  }

  async #cordon(node: string, unschedulable: boolean): Promise<void> {
    this.#cordoned.add(node);
    await this.#change(node, { unschedulable: unschedulable || null });
  }
  readonly #cordoned = new Set<string>();

  async #drop(name: string): Promise<void> {
    const pod = this.#pods.get(name);
    const path = `/api/v1/namespaces/${pod?.metadata.namespace ?? this.#steps.ns}/pods/${name}`;
    await this.#wire.send({ method: "DELETE", path, body: { gracePeriodSeconds: 0 } });
    await this.#until(() => !this.#pods.has(name));
  }

  async #clear(): Promise<void> {
    await Promise.all([...this.#pods.keys()].map((name) => this.#drop(name)));
    for (const path of this.#left.splice(0).toReversed()) await this.#wire.send({ method: "DELETE", path });
    for (const node of this.#cordoned) await this.#cordon(node, false);
    this.#cordoned.clear();
  }

  /** Whether the condition came to hold before the deadline; looked at after every event. */
  async #until(holds: () => boolean): Promise<boolean> {
    const end = systemClock.now() + DEADLINE_MS;
    while (!holds()) {
      const rest = end - systemClock.now();
      if (rest <= 0) return false;
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          clearTimeout(timer);
          this.#waiting.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, rest);
        this.#waiting.add(wake);
      });
    }
    return true;
  }

  async #send(method: string, path: string, body?: unknown, type?: string): Promise<Answer> {
    const sent: Sent = { method, path, ...(type === undefined ? {} : { headers: { "content-type": type } }), body };
    const answer = await this.#wire.send(sent);
    if (answer.status > 299) throw new Error(`${method} ${path}: ${answer.status} ${String(answer.body.message)}`);
    return answer;
  }
}

const words = (text: string): string[] => text.split(" ").filter(Boolean);

function taintsOf(text: string): Taint[] {
  return text
    .split(",")
    .filter(Boolean)
    .map((one) => {
      const [, key = "", value, effect] = /^([^=:]+)(?:=([^:]*))?:(\w+)$/.exec(one) ?? [];
      return { key, ...(value === undefined ? {} : { value }), effect: effect as Taint["effect"] };
    });
}

/** `a:foo a:foo,tier=x c:-other/foo`: two pods of app foo on a, and one of the namespace other on c. */
function placedIn(text: string): Record<string, PodEntry> {
  const entries = words(text).map((one, index): [string, PodEntry] => {
    const [, node = "", namespace, app = "", more = ""] = /^([^:]+):(?:-([^/]+)\/)?([^,]*)(?:,(.*))?$/.exec(one) ?? [];
    const labels = Object.fromEntries(
      more
        .split(",")
        .filter(Boolean)
        .map((pair) => pair.split("=", 2)),
    );
    return [
      `p${index}`,
      { node, labels: { ...(app === "" ? {} : { app }), ...labels }, ...(namespace === undefined ? {} : { namespace }) },
    ];
  });
  return Object.fromEntries(entries);
}

/** Whether the pod goes to cordoned nodes too, so that they cannot be taken from it one by one. */
function toleratesCordon({ pod }: SchedulingCase): boolean {
  const { tolerations = [] } = (pod?.spec ?? {}) as { tolerations?: { key?: string; operator?: string; effect?: string }[] };
  return tolerations.some(
    ({ key = "", operator, effect = "" }) =>
      (key === "" || key === "node.kubernetes.io/unschedulable") &&
      (operator === "Exists" || key !== "") &&
      (effect === "" || effect === "NoSchedule"),
  );
}
