/** Work of a turn of the event loop at most, where no more waits, or where a turn does not see its end: with a store on a disk it shares a commit. */
const BATCH = 16;
/**
 * Where more waits, the program is busy and what cannot wait has nearly all of a turn. For each so many that wait, one piece more is
 * done beside the first, so that what waits does not grow for ever.
 */
const WAITING_A_PIECE = 4096;
/** Work that waits at most. */
export const MAX_BACKGROUND_WORK = 65_536;

/**
 * Work that nobody waits for: it is done in order of arrival, little in a turn of the event loop, and so after everything that
 * goes on by itself within a turn.
 */
export interface BackgroundQueue {
  /** False, and the work is dropped, when {@link MAX_BACKGROUND_WORK} waits already. @param work never rejects. */
  add(work: () => Promise<void>): boolean;
}

/** An empty queue. It holds nothing of the process: work that waits does not outlive the program. */
export function createBackgroundQueue(): BackgroundQueue {
  let waiting: (() => Promise<void>)[] = [];
  /** The first of `waiting` that has not begun. */
  let next = 0;
  let isRunning = false;
  let isSlow = false;

  const runBatch = async (): Promise<void> => {
    const left = waiting.length - next;
    const pieces = isSlow || left <= BATCH ? BATCH : 1 + Math.floor(left / WAITING_A_PIECE);
    const batch = waiting.slice(next, next + pieces);
    next += batch.length;
    if (next === waiting.length || next >= MAX_BACKGROUND_WORK) {
      waiting = waiting.slice(next);
      next = 0;
    }
    let isOver = false;
    setImmediate(() => (isSlow = !isOver));
    await Promise.all(batch.map((work) => work()));
    isOver = true;
    if (waiting.length > next) runSoon();
    else isRunning = false;
  };
  const runSoon = (): void => void setImmediate(() => void runBatch());

  return {
    add(work) {
      if (waiting.length - next >= MAX_BACKGROUND_WORK) return false;
      waiting.push(work);
      if (!isRunning) {
        isRunning = true;
        runSoon();
      }
      return true;
    },
  };
}
