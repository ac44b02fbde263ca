/** Calls of the first batch. Source: kubernetes pkg/controller/controller_utils.go, SlowStartInitialBatchSize. */
export const SLOW_START_BATCH = 1;

/**
 * Calls `call` for 0 … count-1 in batches of 1, 2, 4, …, and stops after a batch in which one failed, so that many calls
 * that would all fail for the same reason are not all made.
 * @returns how many succeeded, and the first error if any failed.
 */
export async function slowStart(
  count: number,
  call: (index: number) => Promise<unknown>,
): Promise<{ readonly succeeded: number; readonly error?: unknown }> {
  let succeeded = 0;
  for (let position = 0, size = SLOW_START_BATCH; position < count; position += size, size *= 2) {
    const batch = Array.from({ length: Math.min(size, count - position) }, (_, offset) => call(position + offset));
    const results = await Promise.allSettled(batch);
    succeeded += results.filter((result) => result.status === "fulfilled").length;
    const failed = results.find((result) => result.status === "rejected");
    if (failed !== undefined) return { succeeded, error: failed.reason };
  }
  return { succeeded };
}
