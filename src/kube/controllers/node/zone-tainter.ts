import type { Clock, Timer } from "#lib";
import { taintingRate, type ZoneCounts } from "./zones.ts";

interface Zone {
  ready: number;
  notReady: number;
  /** Nodes that wait for leave, in order. */
  readonly waiting: Set<string>;
  /** When the next node may be let through, milliseconds since the epoch. */
  nextAtMs: number;
  timer: Timer | undefined;
}

/** Lets nodes that are not ready through to their NoExecute taint, zone by zone, at the zone's rate. */
export interface ZoneTainter {
  /** Tells the node's zone and whether it is ready; cheap when nothing changed. */
  observe(node: string, zone: string, ready: boolean): void;
  forget(node: string): void;
  /** Whether there are nodes and none is ready: then nothing is let through. */
  readonly stopped: boolean;
  /** The node wants a taint. Asking twice is fine. */
  wait(node: string): void;
  /** The node wants none any more. */
  cancel(node: string): void;
  stop(): void;
}

/** What the tainter tells. */
export interface ZoneTainterHandlers {
  /** The node may be tainted now. */
  granted(node: string): void;
  /** {@link ZoneTainter.stopped} changed. */
  stoppedChanged(stopped: boolean): void;
}

/** Source: node_lifecycle_controller.go handleDisruption; scheduler/rate_limited_queue.go, with a burst of one. */
export function createZoneTainter(clock: Clock, handlers: ZoneTainterHandlers): ZoneTainter {
  const zones = new Map<string, Zone>();
  const nodes = new Map<string, { readonly zone: string; readonly ready: boolean }>();
  let ready = 0;
  let stopped = false;

  const zoneNamed = (name: string): Zone => {
    const present = zones.get(name);
    if (present !== undefined) return present;
    const fresh: Zone = { ready: 0, notReady: 0, waiting: new Set(), nextAtMs: 0, timer: undefined };
    zones.set(name, fresh);
    return fresh;
  };
  const count = (name: string, isReady: boolean, by: 1 | -1): void => {
    const zone = zoneNamed(name);
    if (isReady) {
      zone.ready += by;
      ready += by;
    } else zone.notReady += by;
  };
  const settle = (): void => {
    const now = nodes.size > 0 && ready === 0;
    if (now !== stopped) {
      stopped = now;
      handlers.stoppedChanged(now);
    }
    for (const zone of zones.values()) if (zone.waiting.size > 0) schedule(zone);
  };
  const schedule = (zone: Zone): void => {
    if (zone.timer !== undefined || stopped || zone.waiting.size === 0 || taintingRate(zone) === 0) return;
    zone.timer = clock.after(Math.max(zone.nextAtMs - clock.now(), 0), () => letOneThrough(zone));
  };
  const letOneThrough = (zone: Zone): void => {
    zone.timer = undefined;
    const [node] = zone.waiting;
    const rate = taintingRate(zone satisfies ZoneCounts);
    if (node === undefined || stopped || rate === 0) return;
    zone.waiting.delete(node);
    zone.nextAtMs = clock.now() + 1000 / rate;
    handlers.granted(node);
    schedule(zone);
  };
  const cancel = (node: string): void => {
    const known = nodes.get(node);
    if (known !== undefined) zoneNamed(known.zone).waiting.delete(node);
  };
  const forget = (node: string): void => {
    const known = nodes.get(node);
    if (known === undefined) return;
    cancel(node);
    nodes.delete(node);
    count(known.zone, known.ready, -1);
  };

  return {
    observe(node, zone, isReady) {
      const known = nodes.get(node);
      if (known?.zone === zone && known.ready === isReady) return;
      forget(node);
      nodes.set(node, { zone, ready: isReady });
      count(zone, isReady, 1);
      settle();
    },
    forget(node) {
      forget(node);
      settle();
    },
    get stopped() {
      return stopped;
    },
    wait(node) {
      const known = nodes.get(node);
      if (known === undefined) return;
      const zone = zoneNamed(known.zone);
      zone.waiting.add(node);
      schedule(zone);
    },
    cancel,
    stop() {
      for (const zone of zones.values()) zone.timer?.cancel();
      zones.clear();
      nodes.clear();
    },
  };
}
