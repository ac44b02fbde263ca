/** Writes under way at once. Few, so that events of a great change never hold up the change itself. */
const MAX_IN_FLIGHT = 16;
/** Writes that wait at most; what comes then is refused. Source: client-go tools/record drops events beyond its own bound too. */
export const MAX_WAITING = 50_000;

/** Lets writes through a few at a time, in order. */
export interface WriteGate {
  /** Resolves with the write's outcome; undefined, at once, when too many wait: then the write is not made. */
  pass(write: () => Promise<void>): Promise<void> | undefined;
}

export function createWriteGate(): WriteGate {
  const waiting: (() => void)[] = [];
  let head = 0;
  let inFlight = 0;
  const release = (): void => {
    inFlight--;
    const next = waiting[head];
    if (next === undefined) return;
    head++;
    if (head === waiting.length) head = waiting.length = 0;
    next();
  };
  const start = async (write: () => Promise<void>): Promise<void> => {
    inFlight++;
    try {
      await write();
    } finally {
      release();
    }
  };
  return {
    pass(write) {
      if (inFlight < MAX_IN_FLIGHT) return start(write);
      if (waiting.length - head >= MAX_WAITING) return undefined;
      return new Promise((resolve, reject) => {
        waiting.push(() => void start(write).then(resolve, reject));
      });
    },
  };
}
