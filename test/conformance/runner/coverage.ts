/** Which of the service's operations the cases ask for. */
export class Coverage {
  readonly #operations = new Map<string, RegExp>();
  readonly #touched = new Set<string>();
  readonly #strange = new Set<string>();

  /** @param operations `METHOD /path/{name}`, `METHOD Namespace/path/{name}` (at any level), `METHOD plain:/path`. */
  know(operations: readonly string[]): void {
    for (const operation of operations) this.#operations.set(operation, expressionOf(operation));
  }

  touch(method: string, path: string, { isRefused }: { readonly isRefused: boolean }): void {
    const call = `${method} ${plainPath(path)}`;
    const found = [...this.#operations].filter(([, expression]) => expression.test(call));
    for (const [operation] of found) this.#touched.add(operation);
    if (found.length === 0 && !isRefused) this.#strange.add(call);
  }

  /** Whether the service names an operation for the call. */
  serves(call: string): boolean {
    return [...this.#operations.values()].some((expression) => expression.test(call));
  }

  /** Operations that no case asks for, sorted. */
  untouched(): readonly string[] {
    return [...this.#operations.keys()].filter((operation) => !this.#touched.has(operation)).toSorted();
  }

  /** Calls that were not to be refused, though they are no operation that the service names. */
  strange(): readonly string[] {
    return [...this.#strange];
  }
}

function plainPath(path: string): string {
  return (path.split("?")[0] ?? "")
    .replace(/^https:\/\/[^/]+/, "")
    .replace(/\/{2,}/g, "/")
    .replace(/(?<=.)\/$/, "");
}

function expressionOf(operation: string): RegExp {
  const [method = "", path = ""] = operation.split(" ");
  const words = path
    .replace(/[.]/g, "\\.")
    .replace("{rest}", ".+")
    .replace(/\{\w+\}/g, "[^/]+");
  const isBelowProvider = !path.startsWith("/") && !path.startsWith("plain:");
  return new RegExp(`^${method} ${isBelowProvider ? "(/[^ ]*)?/providers/" : ""}${words}$`, "i");
}
