/**
 * Calls `call` for each item, at most `limit` at the same time, and goes on when one fails.
 * Rejects with the first error after all have been called.
 */
export async function eachLimited<T>(items: readonly T[], limit: number, call: (item: T) => Promise<unknown>): Promise<void> {
  const errors: unknown[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) {
      try {
        await call(item);
      } catch (error) {
        errors.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  if (errors.length > 0) throw errors[0];
}
