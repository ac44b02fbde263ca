import type { Environment } from "@marcbachmann/cel-js";
import { equalValues } from "./values.ts";

/** Items of a list that an expression may make at most. */
const MAX_ITEMS = 1_000_000;

type Ordered = string | number | bigint;

const isSorted = (list: readonly Ordered[]): boolean => list.every((each, at) => at === 0 || (list[at - 1] ?? each) <= each);

function extreme(name: string, isBetter: (each: Ordered, best: Ordered) => boolean): (list: readonly Ordered[]) => Ordered {
  return (list) => {
    const [first, ...others] = list;
    if (first === undefined) throw new Error(`${name} called on empty list`);
    return others.reduce((best, each) => (isBetter(each, best) ? each : best), first);
  };
}

function indexOf(list: readonly unknown[], wanted: unknown, last: boolean): bigint {
  const at = last ? list.findLastIndex((each) => equalValues(each, wanted)) : list.findIndex((each) => equalValues(each, wanted));
  return BigInt(at);
}

function slice(list: readonly unknown[], from: bigint, to: bigint): unknown[] {
  if (from < 0n || to < 0n) throw new Error(`cannot slice(${from}, ${to}), negative indexes not supported`);
  if (from > to) throw new Error(`cannot slice(${from}, ${to}), start index must be less than or equal to end index`);
  if (to > BigInt(list.length)) throw new Error(`cannot slice(${from}, ${to}), list is length ${list.length}`);
  return list.slice(Number(from), Number(to));
}

/** Source: apiserver pkg/cel/library/lists.go; google/cel-go ext/lists.go. */
export function addLists(environment: Environment): Environment {
  const [min, max] = [extreme("min", (each, best) => each < best), extreme("max", (each, best) => each > best)];
  for (const type of ["int", "double", "string"])
    environment
      .registerFunction(`list<${type}>.isSorted(): bool`, isSorted)
      .registerFunction(`list<${type}>.min(): ${type}`, min)
      .registerFunction(`list<${type}>.max(): ${type}`, max);
  return environment
    .registerFunction("list<int>.sum(): int", (list: readonly bigint[]) => list.reduce((sum, each) => sum + each, 0n))
    .registerFunction("list<double>.sum(): double", (list: readonly number[]) => list.reduce((sum, each) => sum + each, 0))
    .registerFunction("list.indexOfPoint(dyn): int", (list: readonly unknown[], wanted: unknown) => indexOf(list, wanted, false))
    .registerFunction("list.lastIndexOfPoint(dyn): int", (list: readonly unknown[], wanted: unknown) => indexOf(list, wanted, true))
    .registerFunction("list<A>.slice(int, int): list<A>", slice)
    .registerOperator("list + list", (left: readonly unknown[], right: readonly unknown[]) => {
      if (left.length + right.length > MAX_ITEMS) throw new Error("operation cancelled: actual cost limit exceeded");
      return [...left, ...right];
    });
}
