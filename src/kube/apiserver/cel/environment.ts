import { Environment } from "@marcbachmann/cel-js";
import { addLists } from "./lists.ts";
import { addQuantityType } from "./quantities.ts";
import { addStrings } from "./strings.ts";
import { addUrls } from "./urls.ts";

const LIMITS = { maxAstNodes: 20_000, maxDepth: 150, maxListElements: 10_000, maxMapEntries: 10_000, maxCallArguments: 32 };

let base: Environment | undefined;

/**
 * What expressions may use: CEL's own, and of Kubernetes' libraries lists, strings, regular expressions, URLs and quantities.
 * Differs from AKS: addresses, semantic versions, `format`, comprehensions of two variables, `authorizer` and sets are not there; an
 * expression that uses them is refused where it is written. Expressions are bounded by the time that they take, not by an estimate of it.
 * Source: apiserver pkg/cel/environment/base.go.
 */
export function baseEnvironment(): Environment {
  base ??= addUrls(addQuantityType(addLists(addStrings(new Environment({ enableOptionalTypes: true, limits: LIMITS })))));
  return base.clone();
}
