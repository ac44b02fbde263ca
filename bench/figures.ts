/** One line of the output. */
export interface Figure {
  readonly what: string;
  readonly figure: string;
  readonly target: string;
  readonly method: string;
}

export function print({ what, figure, target, method }: Figure): void {
  process.stdout.write(`${what.padEnd(44)} ${figure.padStart(22)}   target ${target.padEnd(12)} ${method}\n`);
}

export function quantile(values: readonly number[], share: number): number {
  const ordered = values.toSorted((a, b) => a - b);
  return ordered[Math.min(ordered.length - 1, Math.floor(ordered.length * share))] ?? Number.NaN;
}
