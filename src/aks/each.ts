/** Calls under way at a time at most. */
const WIDTH = 32;

/** Calls `work` for every item, at most {@link WIDTH} at a time, and waits for all; rejects with the first failure after that. */
export async function each<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const failures: unknown[] = [];
  let next = 0;
  async function lane(): Promise<void> {
    while (next < items.length) {
      const item = items[next++] as T;
      await work(item).catch((error: unknown) => failures.push(error));
    }
  }
  await Promise.all(Array.from({ length: Math.min(WIDTH, items.length) }, lane));
  if (failures.length > 0) throw failures[0];
}
