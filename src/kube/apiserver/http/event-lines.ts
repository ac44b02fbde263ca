import type { KubeObject, WatchEventType } from "#api/kubernetes/meta";

/** What the lines that are kept may have together, and how many they may be. */
const MAX_BYTES = 8_388_608;
const MAX_LINES = 2048;

/** Lines of watches made lately: a change is put into bytes once, and all who watch get the same ones. */
export class EventLines {
  readonly #lines = new Map<KubeObject, { readonly type: WatchEventType; readonly line: Buffer }>();
  #bytes = 0;

  /** The line for the object, as `make` gives it; made anew when it is not there any more. */
  line(type: WatchEventType, object: KubeObject, make: () => Buffer): Buffer {
    const kept = this.#lines.get(object);
    if (kept?.type === type) return kept.line;
    const line = make();
    if (line.length > MAX_BYTES) return line;
    if (this.#lines.size === MAX_LINES || this.#bytes + line.length > MAX_BYTES) this.#clear();
    this.#bytes += line.length - (this.#lines.get(object)?.line.length ?? 0);
    this.#lines.set(object, { type, line });
    return line;
  }

  #clear(): void {
    this.#lines.clear();
    this.#bytes = 0;
  }
}
