import type { Environment } from "@marcbachmann/cel-js";
import { addQuantities, compareQuantities, parseQuantity, type Quantity, subtractQuantities } from "#kube/apimachinery";

/** An amount, `1.5Gi`, as an expression has it. */
class CelQuantity {
  readonly amount: Quantity;
  constructor(amount: Quantity) {
    this.amount = amount;
  }
}

function quantity(text: string): CelQuantity {
  return new CelQuantity(parseQuantity(text));
}

function isQuantity(text: string): boolean {
  try {
    parseQuantity(text);
    return true;
  } catch {
    return false;
  }
}

function compareTo(left: CelQuantity, right: CelQuantity): bigint {
  return BigInt(Math.sign(compareQuantities(left.amount, right.amount)));
}

/** Source: apiserver pkg/cel/library/quantity.go. */
export function addQuantityType(environment: Environment): Environment {
  return environment
    .registerType("kubernetes.Quantity", CelQuantity)
    .registerFunction("isQuantity(string): bool", isQuantity)
    .registerFunction("quantity(string): kubernetes.Quantity", quantity)
    .registerFunction("kubernetes.Quantity.compareTo(kubernetes.Quantity): int", compareTo)
    .registerFunction(
      "kubernetes.Quantity.isLessThan(kubernetes.Quantity): bool",
      (left: CelQuantity, right: CelQuantity) => compareTo(left, right) < 0n,
    )
    .registerFunction(
      "kubernetes.Quantity.isGreaterThan(kubernetes.Quantity): bool",
      (left: CelQuantity, right: CelQuantity) => compareTo(left, right) > 0n,
    )
    .registerOperator(
      "kubernetes.Quantity == kubernetes.Quantity",
      (left: CelQuantity, right: CelQuantity) => compareTo(left, right) === 0n,
    )
    .registerFunction("kubernetes.Quantity.sign(): int", (each: CelQuantity) => compareTo(each, quantity("0")))
    .registerFunction(
      "kubernetes.Quantity.add(kubernetes.Quantity): kubernetes.Quantity",
      (left: CelQuantity, right: CelQuantity) => new CelQuantity(addQuantities(left.amount, right.amount)),
    )
    .registerFunction(
      "kubernetes.Quantity.sub(kubernetes.Quantity): kubernetes.Quantity",
      (left: CelQuantity, right: CelQuantity) => new CelQuantity(subtractQuantities(left.amount, right.amount)),
    );
}
