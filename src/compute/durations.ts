/**
 * How long a scale set takes on Azure, in milliseconds; the pace of the program shortens it.
 * Source: operations in the test recordings of Azure/azure-cli: a pool of one node is created in 180 s (median) and deleted in
 * 50 s, of which the machine is this part and the rest is the node's joining.
 */
export const DURATIONS = {
  /** From the request to a booted machine whose extension has run. */
  bootMs: 120_000,
  /** Unverified: a reimage is a boot without the allocation. */
  reimageMs: 90_000,
  /** Unverified. */
  rebootMs: 60_000,
  /** Unverified. */
  deleteMs: 30_000,
  /** Unverified. */
  deallocateMs: 30_000,
  /** Unverified: a boot without the extension that sets the machine up. */
  startMs: 60_000,
} as const;
