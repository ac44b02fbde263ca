import type { Clock, Timer } from "#lib";
import { taintingRate } from "./zones.ts";

interface Zone {
  ready: number;
  notReady: number;
  /** Nodes that wait for leave, in order. */
  readonly waiting: Set<string>;
  /** When the next node may be let through, milliseconds since the epoch. */
  nextAtMs: number;
  timer: Timer | undefined;
}

/** What the tainter tells. */
export interface ZoneTainterHandlers {
  /** The node may be tainted now. */
  granted(node: string): void;
  /** {@link ZoneTainter.stopped} changed. */
  stoppedChanged(stopped: boolean): void;
}

/**
 * Lets nodes that are not ready through to their NoExecute taint, zone by zone, at the zone's rate.
 * Source: node_lifecycle_controller.go handleDisruption; scheduler/rate_limited_queue.go, with a burst of one.
 */
export class ZoneTainter {
  readonly #clock: Clock;
  readonly #handlers: ZoneTainterHandlers;
  readonly #zones = new Map<string, Zone>();
  readonly #nodes = new Map<string, { readonly zone: string; readonly ready: boolean }>();
  #ready = 0;
  #stopped = false;

  constructor(clock: Clock, handlers: ZoneTainterHandlers) {
    this.#clock = clock;
    this.#handlers = handlers;
  }

  /** Whether there are nodes and none is ready: then nothing is let through. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** Tells the node's zone and whether it is ready; cheap when nothing changed. */
  observe(node: string, zone: string, ready: boolean): void {
    const known = this.#nodes.get(node);
    if (known?.zone === zone && known.ready === ready) return;
    this.#remove(node);
    this.#nodes.set(node, { zone, ready });
    this.#count(zone, ready, 1);
    this.#settle();
  }

  forget(node: string): void {
    this.#remove(node);
    this.#settle();
  }

  /** The node wants a taint. Asking twice is fine. */
  wait(node: string): void {
    const known = this.#nodes.get(node);
    if (known === undefined) return;
    const zone = this.#zone(known.zone);
    zone.waiting.add(node);
    this.#schedule(zone);
  }

  /** The node wants none any more. */
  cancel(node: string): void {
    const known = this.#nodes.get(node);
    if (known !== undefined) this.#zone(known.zone).waiting.delete(node);
  }

  stop(): void {
    for (const zone of this.#zones.values()) zone.timer?.cancel();
    this.#zones.clear();
    this.#nodes.clear();
  }

  #zone(name: string): Zone {
    const present = this.#zones.get(name);
    if (present !== undefined) return present;
    const fresh: Zone = { ready: 0, notReady: 0, waiting: new Set(), nextAtMs: 0, timer: undefined };
    this.#zones.set(name, fresh);
    return fresh;
  }

  #remove(node: string): void {
    const known = this.#nodes.get(node);
    if (known === undefined) return;
    this.cancel(node);
    this.#nodes.delete(node);
    this.#count(known.zone, known.ready, -1);
  }

  #count(name: string, ready: boolean, by: 1 | -1): void {
    const zone = this.#zone(name);
    if (!ready) {
      zone.notReady += by;
      return;
    }
    zone.ready += by;
    this.#ready += by;
  }

  #settle(): void {
    const stopped = this.#nodes.size > 0 && this.#ready === 0;
    if (stopped !== this.#stopped) {
      this.#stopped = stopped;
      this.#handlers.stoppedChanged(stopped);
    }
    for (const zone of this.#zones.values()) this.#schedule(zone);
  }

  #schedule(zone: Zone): void {
    if (zone.timer !== undefined || this.#stopped || zone.waiting.size === 0 || taintingRate(zone) === 0) return;
    zone.timer = this.#clock.after(Math.max(zone.nextAtMs - this.#clock.now(), 0), () => this.#letOneThrough(zone));
  }

  #letOneThrough(zone: Zone): void {
    zone.timer = undefined;
    const [node] = zone.waiting;
    const rate = taintingRate(zone);
    if (node === undefined || this.#stopped || rate === 0) return;
    zone.waiting.delete(node);
    zone.nextAtMs = this.#clock.now() + 1000 / rate;
    this.#handlers.granted(node);
    this.#schedule(zone);
  }
}
