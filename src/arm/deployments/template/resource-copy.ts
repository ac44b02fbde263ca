import { countOf, evaluate } from "./evaluate.ts";
import { withLoop } from "./property-copy.ts";
import { type Loop, type Scope, TemplateFailure } from "./scope.ts";
import { isObject, shown } from "./template-function.ts";

/** A turn of a loop over a resource. */
export interface Turn extends Loop {
  /** Resources of a serial loop that are made at once; absent for a parallel one. */
  readonly batchSize?: number;
}

/** One of the resources that a template's entry stands for. */
export interface Copy {
  readonly scope: Scope;
  /** Undefined for an entry without a loop, `none` for a loop that does not turn. */
  readonly turn: Turn | "none" | undefined;
  readonly loopName?: string;
}

/**
 * The turns of `copy: {name, count, mode, batchSize}`, or the entry itself.
 * Source: learn.microsoft.com/azure/azure-resource-manager/templates/copy-resources.
 * @throws {TemplateFailure}
 */
export function copiesOf({ copy }: Readonly<Record<string, unknown>>, scope: Scope): readonly Copy[] {
  if (copy === undefined) return [{ scope, turn: undefined }];
  if (!isObject(copy) || typeof copy.name !== "string" || copy.count === undefined) {
    throw new TemplateFailure(
      "The 'copy' of a template resource needs a 'name' and a 'count'. Please see https://aka.ms/arm-copy for usage details.",
    );
  }
  const { name } = copy;
  const count = countOf({ name, count: copy.count }, scope);
  const batchSize = batchSizeOf(copy, scope);
  if (count === 0) return [{ scope, turn: "none", loopName: name }];
  return Array.from({ length: count }, (_, index) => ({
    scope: withLoop(scope, { name, index }),
    turn: { name, index, ...(batchSize === undefined ? {} : { batchSize }) },
    loopName: name,
  }));
}

function batchSizeOf({ mode, batchSize = 1 }: Readonly<Record<string, unknown>>, scope: Scope): number | undefined {
  const wanted = mode === undefined ? "parallel" : shown(mode).toLowerCase();
  if (wanted === "parallel") return undefined;
  const size = evaluate(batchSize, scope);
  if (wanted === "serial" && typeof size === "number" && Number.isInteger(size) && size > 0) return size;
  throw new TemplateFailure(
    "The 'mode' of a template copy is 'Parallel' or 'Serial', and its 'batchSize' a positive integer. Please see https://aka.ms/arm-copy for usage details.",
  );
}
