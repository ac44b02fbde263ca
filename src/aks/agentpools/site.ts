import type { AksContext } from "../context.ts";
import type { Subject } from "./observe.ts";

/** Where a step is carried out. */
export interface Site extends Subject {
  readonly context: AksContext;
  /** Id and revision of the pool's document that the plan was made from. */
  readonly document: { readonly id: string; readonly revision: number };
}
