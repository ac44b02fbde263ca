import { createHash } from "node:crypto";
import type { TextPosition } from "../../json/json-reader.ts";
import { eachTurn, evaluate } from "./evaluate.ts";
import { findName, type ParameterValues, resolveParameters } from "./parameters.ts";
import { isPropertyCopy, type PropertyCopy } from "./property-copy.ts";
import { DEPLOYMENTS } from "./resource-place.ts";
import { type PlannedResource, planResources } from "./resources.ts";
import { type DeploymentContext, PendingReference, type Reference, type Scope, TemplateFailure } from "./scope.ts";
import { isObject } from "./template-function.ts";

/** A template and what it is deployed with, as the caller sent them. */
export interface TemplateInput {
  readonly template: Readonly<Record<string, unknown>>;
  readonly positionOf: (object: unknown) => TextPosition;
  readonly context: DeploymentContext;
}

/** What a deployment will do. */
export interface Plan {
  readonly resources: readonly PlannedResource[];
  readonly templateHash: string;
  /** The body to PUT for a resource. @throws {PendingReference | TemplateFailure} */
  body(resource: PlannedResource, reference: ReferenceResolver): Readonly<Record<string, unknown>>;
  /** `{name: {type, value}}`. @throws {PendingReference | TemplateFailure} */
  outputs(reference: ReferenceResolver): Readonly<Record<string, unknown>> | undefined;
}

/** Gives what an expression refers to. @throws {PendingReference} while it is not known. */
export type ReferenceResolver = (reference: Reference) => unknown;

const USAGE = "Please see https://aka.ms/arm-template-expressions for usage details.";
/** Source: azure-subscription-service-limits, template limits. */
const MAX_VARIABLES = 256;
const MAX_OUTPUTS = 64;
const OUTPUT_TYPES: Readonly<Record<string, string>> = {
  string: "String",
  securestring: "SecureString",
  int: "Int",
  bool: "Bool",
  array: "Array",
  object: "Object",
  secureobject: "SecureObject",
};

const pending: ReferenceResolver = (reference) => {
  throw new PendingReference(reference);
};

/** The deployment's parameters, checked. @throws {TemplateFailure} */
export function planParameters(input: TemplateInput, given: Readonly<Record<string, unknown>>): ParameterValues {
  const { template, positionOf, context } = input;
  return resolveParameters({
    declared: section(template, "parameters"),
    given,
    positionOf,
    scopeOf: (parameter) => ({
      context,
      parameter,
      variable: () => {
        throw new TemplateFailure(`The template function 'variables' is not expected at this location. ${USAGE}`);
      },
      reference: pending,
    }),
  });
}

/**
 * Checks a whole template and says what deploying it means. Everything is evaluated once, but for what depends on
 * resources that are not there yet.
 * @throws {TemplateFailure}
 */
export function planTemplate(input: TemplateInput, parameters: ParameterValues): Plan {
  const { template, context } = input;
  const variables = createVariables(section(template, "variables"), parameters, context);
  const scopeWith = (reference: ReferenceResolver): Scope => ({
    context,
    parameter: parameterOf(parameters),
    variable: variables.get,
    reference,
  });
  variables.checkAll();
  const scope = scopeWith(pending);
  const resources = planResources(template.resources, { scope, positionOf: input.positionOf });
  const outputs = section(template, "outputs");
  if (Object.keys(outputs).length > MAX_OUTPUTS)
    throw new TemplateFailure(`The number of template outputs limit exceeded. Limit: ${MAX_OUTPUTS}.`);
  const plan: Plan = {
    resources,
    templateHash: templateHash(template),
    body: (resource, reference) => wrapped(`The template resource '${resource.name}'`, () => bodyOf(resource, scopeWith(reference))),
    outputs: (reference) => (Object.keys(outputs).length === 0 ? undefined : evaluateOutputs(outputs, scopeWith(reference))),
  };
  for (const resource of resources) unlessPending(() => plan.body(resource, pending));
  unlessPending(() => plan.outputs(pending));
  return plan;
}

function unlessPending(check: () => unknown): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof PendingReference)) throw error;
  }
}

function section(template: Readonly<Record<string, unknown>>, name: string): Readonly<Record<string, unknown>> {
  const value = template[name] ?? {};
  if (!isObject(value)) throw new TemplateFailure(`The template property '${name}' must be an object.`);
  return value;
}

function parameterOf(parameters: ParameterValues): Scope["parameter"] {
  const names = Object.keys(parameters);
  return (name) => {
    const found = findName(names, name);
    if (found !== undefined) return parameters[found]?.value;
    throw new TemplateFailure(
      `The template parameter '${name}' is not found. Please see https://aka.ms/arm-template/#parameters for usage details.`,
    );
  };
}

interface Variables {
  readonly get: Scope["variable"];
  checkAll(): void;
}

/** Variables are evaluated when first asked for, each once. */
function createVariables(section: Readonly<Record<string, unknown>>, parameters: ParameterValues, context: DeploymentContext): Variables {
  const declared = withLoopedVariables(section);
  const names = Object.keys(declared);
  if (names.length > MAX_VARIABLES)
    throw new TemplateFailure(`The number of template variables limit exceeded. Limit: ${MAX_VARIABLES} and actual: ${names.length}.`);
  const values = new Map<string, unknown>();
  const underWay = new Set<string>();
  const scope: Scope = {
    context,
    parameter: parameterOf(parameters),
    variable: (name) => get(name),
    reference: () => {
      throw new TemplateFailure(`The template function 'reference' is not expected at this location. ${USAGE}`);
    },
  };
  function get(asked: string): unknown {
    const name = findName(names, asked);
    if (name === undefined)
      throw new TemplateFailure(
        `The template variable '${asked}' is not found. Please see https://aka.ms/arm-template/#variables for usage details.`,
      );
    if (values.has(name)) return values.get(name);
    if (underWay.has(name)) throw new TemplateFailure(`The template variable '${name}' refers to itself.`);
    underWay.add(name);
    const value = wrapped(`The template variable '${name}'`, () => valueOf(declared[name], scope));
    values.set(name, value);
    return value;
  }
  return { get, checkAll: () => names.forEach(get) };
}

/** `copy` beside the variables makes more of them: each is written as a variable whose value is the loop. */
function withLoopedVariables({ copy, ...declared }: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (copy === undefined) return declared;
  if (!isPropertyCopy("copy", copy)) {
    throw new TemplateFailure(
      "The 'copy' of variables is a list of loops with 'name', 'count' and 'input'. Please see https://aka.ms/arm-copy for usage details.",
    );
  }
  return { ...declared, ...Object.fromEntries(copy.map((loop) => [loop.name, new LoopedVariable(loop)])) };
}

function valueOf(declared: unknown, scope: Scope): unknown {
  return declared instanceof LoopedVariable ? declared.evaluate(scope) : evaluate(declared, scope);
}

/** A variable that a loop makes, until it is asked for. */
class LoopedVariable {
  readonly loop: PropertyCopy;

  constructor(loop: PropertyCopy) {
    this.loop = loop;
  }

  evaluate(scope: Scope): readonly unknown[] {
    return eachTurn(this.loop, scope, (within) => evaluate(this.loop.input, within));
  }
}

/** Members of a template's resource that are for the template alone. */
const TEMPLATE_ONLY = new Set([
  "name",
  "type",
  "apiversion",
  "dependson",
  "condition",
  "comments",
  "copy",
  "resources",
  "metadata",
  "resourcegroup",
  "subscriptionid",
]);

function bodyOf({ type, source, loops }: PlannedResource, outer: Scope): Readonly<Record<string, unknown>> {
  const scope = { ...outer, loops };
  const members = Object.entries(source).filter(([name]) => !TEMPLATE_ONLY.has(name.toLowerCase()));
  if (type.toLowerCase() !== DEPLOYMENTS.toLowerCase() || !isObject(source.properties)) {
    return evaluate(Object.fromEntries(members), scope) as Readonly<Record<string, unknown>>;
  }
  const others = members.filter(([name]) => name.toLowerCase() !== "properties");
  return { ...(evaluate(Object.fromEntries(others), scope) as object), properties: nestedDeployment(source.properties, scope) };
}

/**
 * A deployment in a template: with the scope `inner` its own template has parameters and variables of its own, else its
 * expressions are those of the template around it.
 * Source: learn.microsoft.com/azure/azure-resource-manager/templates/linked-templates#expression-evaluation-scope-in-nested-templates.
 */
function nestedDeployment(properties: Readonly<Record<string, unknown>>, scope: Scope): Readonly<Record<string, unknown>> {
  const { template, expressionEvaluationOptions, ...others } = properties;
  const options = evaluate(expressionEvaluationOptions ?? {}, scope);
  const isInner = isObject(options) && String(options.scope).toLowerCase() === "inner";
  const evaluated = evaluate(others, scope) as Readonly<Record<string, unknown>>;
  return { ...evaluated, template: isInner ? template : escaped(evaluate(template, scope)) };
}

/** What has been evaluated is no expression any more, also when it looks like one. */
function escaped(value: unknown): unknown {
  if (typeof value === "string") return value.startsWith("[") ? `[${value}` : value;
  if (Array.isArray(value)) return value.map(escaped);
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([key, member]) => [key, escaped(member)])) : value;
}

function evaluateOutputs(outputs: Readonly<Record<string, unknown>>, scope: Scope): Readonly<Record<string, unknown>> {
  const entries = Object.entries(outputs).flatMap(([name, output]) => {
    const type = isObject(output) ? OUTPUT_TYPES[String(output.type).toLowerCase()] : undefined;
    if (!isObject(output) || type === undefined)
      throw new TemplateFailure(`The template output '${name}' is not valid: it needs a 'type' and a 'value'.`);
    return wrapped(`The template output '${name}'`, () => {
      if (output.condition !== undefined && evaluate(output.condition, scope) !== true) return [];
      const { copy } = output;
      const value =
        isObject(copy) && copy.count !== undefined
          ? eachTurn({ name, count: copy.count }, scope, (within) => evaluate(copy.input, within))
          : evaluate(output.value, scope);
      return [[name, type.startsWith("Secure") ? { type } : { type, value }] as const];
    });
  });
  return Object.fromEntries(entries);
}

function wrapped<T>(subject: string, evaluation: () => T): T {
  try {
    return evaluation();
  } catch (error) {
    if (!(error instanceof TemplateFailure) || error.message.startsWith("The template variable '")) throw error;
    throw new TemplateFailure(`${subject} is not valid: ${error.message}. ${USAGE}`, { cause: error });
  }
}

/** A number that is the same for the same template. Differs from AKS: of another hash. */
function templateHash(template: unknown): string {
  return createHash("sha256").update(JSON.stringify(template)).digest().readBigUInt64BE().toString();
}
