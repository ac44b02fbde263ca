/** Work of a turn of the event loop: so little that what cannot wait has nearly all of a turn, and where there is nothing else, turns are short. */
const BATCH = 4;
/** Work that waits at most. */
export const MAX_BACKGROUND_WORK = 65_536;

/**
 * Work that nobody waits for: it is done in order of arrival, a batch in a turn of the event loop, and so after everything
 * that goes on by itself within a turn.
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

  const runBatch = async (): Promise<void> => {
    const batch = waiting.slice(next, next + BATCH);
    next += batch.length;
    if (next === waiting.length || next >= MAX_BACKGROUND_WORK) {
      waiting = waiting.slice(next);
      next = 0;
    }
    await Promise.all(batch.map((work) => work()));
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
