import { type Clock, Heap, type Timer } from "#lib";

/*
 * One timer for any number of deadlines, and moving one is cheap: a heap orders the keys by the time at which they are
 * to be looked at. A later deadline leaves the heap alone; when the old time comes, the key is put back with the new one.
 *
 *   set("n1", 40)   look at 40, due at 40   timer at 40
 *   set("n1", 50)   look at 40, due at 50                 (a heartbeat: no work)
 *   at 40           look at 50, due at 50   timer at 50
 *   at 50           onDue("n1")
 */

interface Entry {
  readonly key: string;
  lookAt: number;
  dueAt: number;
  place: number;
}

/** Calls back for each key when its time has come. */
export interface Deadlines {
  /** Sets or moves the deadline of a key; milliseconds since the epoch. */
  set(key: string, atMs: number): void;
  get(key: string): number | undefined;
  delete(key: string): void;
  /** Keys that wait. */
  readonly size: number;
  /** Forgets all deadlines. */
  clear(): void;
}

/** @param onDue is called once for each deadline that passed, synchronously, in order of time; it may set new ones. */
export function createDeadlines(clock: Clock, onDue: (key: string) => void): Deadlines {
  const entries = new Map<string, Entry>();
  const heap = new Heap<Entry>((one, other) => one.lookAt < other.lookAt);
  let armed: { readonly at: number; readonly timer: Timer } | undefined;

  const arm = (): void => {
    const first = heap.peek();
    if (armed !== undefined && armed.at <= (first?.lookAt ?? Number.POSITIVE_INFINITY)) return;
    armed?.timer.cancel();
    armed = first === undefined ? undefined : { at: first.lookAt, timer: clock.after(first.lookAt - clock.now(), run) };
  };
  const look = (entry: Entry): void => {
    heap.remove(entry);
    if (entry.dueAt > clock.now()) {
      entry.lookAt = entry.dueAt;
      heap.add(entry);
      return;
    }
    entries.delete(entry.key);
    onDue(entry.key);
  };
  const run = (): void => {
    armed = undefined;
    for (let first = heap.peek(); first !== undefined && first.lookAt <= clock.now(); first = heap.peek()) look(first);
    arm();
  };
  const remove = (key: string): void => {
    const entry = entries.get(key);
    if (entry === undefined) return;
    entries.delete(key);
    heap.remove(entry);
  };

  return {
    set(key, atMs) {
      const present = entries.get(key);
      if (present !== undefined && present.lookAt <= atMs) {
        present.dueAt = atMs;
        return;
      }
      remove(key);
      const entry: Entry = { key, lookAt: atMs, dueAt: atMs, place: -1 };
      entries.set(key, entry);
      heap.add(entry);
      arm();
    },
    get: (key) => entries.get(key)?.dueAt,
    delete: remove,
    get size() {
      return entries.size;
    },
    clear() {
      for (const key of entries.keys()) remove(key);
      armed?.timer.cancel();
      armed = undefined;
    },
  };
}
