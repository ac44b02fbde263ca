/** IPv4 addresses that follow each other. */
export interface AddressRange {
  /** `10.224.0.5` */
  readonly first: string;
  /** At least one. */
  readonly count: number;
}

export function toNumber(address: string): number {
  return address.split(".").reduce((number, part) => number * 256 + Number(part), 0);
}

export function toAddress(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join(".");
}

/** Addresses in ascending order as few ranges. */
export function rangesOf(numbers: readonly number[]): readonly AddressRange[] {
  const ranges: { first: number; count: number }[] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last !== undefined && last.first + last.count === number) last.count += 1;
    else ranges.push({ first: number, count: 1 });
  }
  return ranges.map(({ first, count }) => ({ first: toAddress(first), count }));
}

/** How many addresses ranges hold together. */
export function sizeOf(ranges: readonly AddressRange[]): number {
  return ranges.reduce((sum, { count }) => sum + count, 0);
}
