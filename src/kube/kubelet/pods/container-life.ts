import type { Pod, Probe } from "#api/kubernetes/core";
import type { Clock, Pace, Timer } from "#lib";
import type { Agenda } from "../agenda.ts";
import { type ProbeKind, type SimulatedExit, simulatedExit, simulatedProbe } from "./behaviour.ts";
import type { ContainerRecord } from "./containers.ts";
import { probeFailure } from "./probe-failure.ts";

/** A probe that answers takes this much beyond its initial delay, milliseconds on a real machine. */
const PROBE_MS = 1_000;
/** A probe that fails is not asked without end, however fast time goes. */
const MIN_PERIOD_MS = 1_000;
/** Source: pkg/apis/core/v1/defaults.go, SetDefaults_Probe. */
const DEFAULT_PERIOD_SECONDS = 10;
const DEFAULT_FAILURES = 3;

/** Who a container tells of what becomes of it. */
export interface LifeHost {
  readonly parts: { readonly clock: Clock; readonly pace: Pace; readonly agenda: Agenda };
  readonly pod: Pod;
  readonly ip: string | undefined;
  /** The container has started or serves, or no longer. */
  healthChanged(): void;
  /** A probe has failed once. */
  unhealthy(container: ContainerRecord, message: string): void;
  /** A probe has failed so often that the container is to be restarted. */
  condemned(container: ContainerRecord, kind: "liveness" | "startup"): void;
  exited(container: ContainerRecord, exit: SimulatedExit): void;
}

/**
 * One run of a container: when it ends by itself, and what its probes find. A container that runs for ever and has no probes waits for
 * nothing; one whose probes succeed waits only for their first success.
 */
export class ContainerLife {
  readonly #container: ContainerRecord;
  readonly #host: LifeHost;
  readonly #probes: ProbeLoop[] = [];
  #exit: Timer | undefined;

  constructor(container: ContainerRecord, host: LifeHost) {
    this.#container = container;
    this.#host = host;
  }

  /** It waits for nothing: it runs for ever and has no probes. */
  get isIdle(): boolean {
    return this.#exit === undefined && this.#probes.length === 0;
  }

  /** The container has just started, or is taken over with what is known of it. */
  begin(): void {
    this.#scheduleExit();
    const { startupProbe } = this.#container.container;
    if (this.#container.isStarted || startupProbe === undefined) return this.#started();
    this.#probe("startup", startupProbe, (succeeds) => (succeeds ? this.#started() : this.#host.condemned(this.#container, "startup")));
  }

  /** What is said about the container has changed. */
  behaviourChanged(): void {
    this.#exit?.cancel();
    this.#scheduleExit();
    for (const probe of this.#probes) probe.askAgain();
  }

  end(): void {
    this.#exit?.cancel();
    for (const probe of this.#probes) probe.stop();
  }

  #started(): void {
    const each = this.#container;
    const { readinessProbe, livenessProbe } = each.container;
    const wasStarted = each.isStarted;
    each.isStarted = true;
    if (livenessProbe !== undefined)
      this.#probe("liveness", livenessProbe, (succeeds) => succeeds || this.#host.condemned(each, "liveness"));
    if (readinessProbe === undefined) each.isReady = true;
    else this.#probe("readiness", readinessProbe, (succeeds) => this.#setReady(succeeds));
    if (!wasStarted) this.#host.healthChanged();
  }

  #setReady(isReady: boolean): void {
    if (this.#container.isReady === isReady) return;
    this.#container.isReady = isReady;
    this.#host.healthChanged();
  }

  #probe(kind: ProbeKind, probe: Probe, turned: (succeeds: boolean) => void): void {
    const loop = new ProbeLoop(this.#container, this.#host, { kind, probe, turned });
    this.#probes.push(loop);
    loop.start();
  }

  #scheduleExit(): void {
    const { parts, pod } = this.#host;
    const exit = simulatedExit(pod, this.#container);
    this.#exit = undefined;
    if (exit === undefined) return;
    const leftMs = this.#container.startedMs + parts.pace(exit.runMs) - parts.clock.now();
    this.#exit = parts.agenda.after(Math.max(leftMs, 0), () => this.#host.exited(this.#container, exit));
  }
}

interface ProbeUse {
  readonly kind: ProbeKind;
  readonly probe: Probe;
  /** It has succeeded or failed as often as it takes. */
  readonly turned: (succeeds: boolean) => void;
}

/** One probe of one run. Source: pkg/kubelet/prober/worker.go, doProbe. */
class ProbeLoop {
  readonly #container: ContainerRecord;
  readonly #host: LifeHost;
  readonly #use: ProbeUse;
  #successes = 0;
  #failures = 0;
  #timer: Timer | undefined;

  constructor(container: ContainerRecord, host: LifeHost, use: ProbeUse) {
    this.#container = container;
    this.#host = host;
    this.#use = use;
  }

  start(): void {
    const { kind, probe } = this.#use;
    const delayMs = (probe.initialDelaySeconds ?? 0) * 1000 + PROBE_MS;
    if (kind === "liveness") return this.#awaitFailure(this.#host.parts.pace(delayMs));
    // One that was seen ready before goes on so until somebody says otherwise.
    if (this.#container.isReady) return;
    this.#askAfter(this.#host.parts.pace(delayMs));
  }

  /** What it will find has changed. */
  askAgain(): void {
    if (this.#use.kind === "liveness") return this.#awaitFailure(0);
    if (this.#timer === undefined && !(this.#use.kind === "startup" && this.#container.isStarted)) this.#askAfter(0);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** Liveness is taken for granted until it is to fail. */
  #awaitFailure(leastMs: number): void {
    this.stop();
    const turn = simulatedProbe(this.#host.pod, this.#container, "liveness");
    if (turn === undefined) return;
    const { clock, pace } = this.#host.parts;
    this.#askAfter(Math.max(this.#container.startedMs + pace(turn.ms) - clock.now(), leastMs));
  }

  #askAfter(delayMs: number): void {
    this.stop();
    if (delayMs <= 0 && this.#use.kind !== "liveness") return this.#ask();
    this.#timer = this.#host.parts.agenda.after(delayMs, () => this.#ask());
  }

  #ask(): void {
    this.#timer = undefined;
    if (this.#succeeds()) this.#succeeded();
    else this.#failed();
  }

  #succeeds(): boolean {
    const { clock, pace } = this.#host.parts;
    const turn = simulatedProbe(this.#host.pod, this.#container, this.#use.kind);
    if (turn === undefined) return true;
    const isPast = Number.isFinite(turn.ms) && clock.now() - this.#container.startedMs >= pace(turn.ms);
    return turn.succeeds === "from" ? isPast : !isPast;
  }

  #succeeded(): void {
    const { probe, kind, turned } = this.#use;
    this.#failures = 0;
    this.#successes++;
    if (this.#successes < (probe.successThreshold ?? 1)) return this.#askAfter(this.#periodMs());
    if (kind !== "liveness") turned(true);
  }

  #failed(): void {
    const { probe, kind, turned } = this.#use;
    this.#successes = 0;
    this.#failures++;
    this.#host.unhealthy(this.#container, probeFailure(kind, probe, this.#host.ip));
    const isOver = this.#failures >= (probe.failureThreshold ?? DEFAULT_FAILURES);
    if (!isOver || kind === "readiness") this.#askAfter(Math.max(this.#periodMs(), MIN_PERIOD_MS));
    if (isOver) turned(false);
  }

  #periodMs(): number {
    return this.#host.parts.pace((this.#use.probe.periodSeconds ?? DEFAULT_PERIOD_SECONDS) * 1000);
  }
}
