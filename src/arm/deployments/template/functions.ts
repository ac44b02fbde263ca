import { ARRAY_FUNCTIONS } from "./functions-array.ts";
import { DEPLOYMENT_FUNCTIONS } from "./functions-deployment.ts";
import { LAMBDA_FUNCTIONS, OBJECT_FUNCTIONS } from "./functions-lambda.ts";
import { LOGIC_FUNCTIONS } from "./functions-logic.ts";
import { TEXT_FUNCTIONS } from "./functions-text.ts";
import type { TemplateFunction } from "./template-function.ts";

/** Every function of the template language that is known here, by name in lower case. A null prototype: no inherited names. */
export const FUNCTIONS: Readonly<Record<string, TemplateFunction | undefined>> = Object.assign(
  Object.create(null) as Record<string, TemplateFunction>,
  byLowerCase({
    ...DEPLOYMENT_FUNCTIONS,
    ...TEXT_FUNCTIONS,
    ...LOGIC_FUNCTIONS,
    ...ARRAY_FUNCTIONS,
    ...LAMBDA_FUNCTIONS,
    ...OBJECT_FUNCTIONS,
  }),
);

function byLowerCase(functions: Readonly<Record<string, TemplateFunction>>): Record<string, TemplateFunction> {
  return Object.fromEntries(Object.entries(functions).map(([name, definition]) => [name.toLowerCase(), definition]));
}
