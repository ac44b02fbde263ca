import { compactTimestamp } from "../../time.ts";
import type { DeploymentContext } from "./scope.ts";
import { TemplateFailure } from "./scope.ts";
import { define, type FunctionCall, integer, MANY, shown, type TemplateFunction, text } from "./template-function.ts";

/** Functions of the deployment and of resources. Source: learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-deployment and -resource. */
export const DEPLOYMENT_FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  parameters: define(1, 1, ([name], call) => call.scope.parameter(text(name, call))),
  variables: define(1, 1, ([name], call) => call.scope.variable(text(name, call))),
  resourceGroup: define(0, 0, (_args, { name, scope }) => scope.context.resourceGroup ?? notHere(name)),
  subscription: define(0, 0, (_args, { scope }) => scope.context.subscription),
  tenant: define(0, 0, (_args, { scope }) => ({ tenantId: scope.context.subscription.tenantId })),
  deployment: define(0, 0, (_args, { scope }) => ({
    name: scope.context.deploymentName,
    ...(scope.context.location === undefined ? {} : { location: scope.context.location }),
    properties: { mode: scope.context.mode, provisioningState: "Accepted" },
  })),
  environment: define(0, 0, (_args, { scope }) => environment(scope.context)),
  utcNow: define(0, 1, ([style], { scope }) => utcNow(scope.context.startMs, style)),
  resourceId: define(2, MANY, (args, call) =>
    resourceId(
      args.map((argument) => text(argument, call)),
      call.scope.context,
    ),
  ),
  subscriptionResourceId: define(2, MANY, (args, call) =>
    subscriptionResourceId(
      args.map((argument) => text(argument, call)),
      call.scope.context,
    ),
  ),
  extensionResourceId: define(3, MANY, (args, call) => {
    const [scope = "", ...rest] = args.map((argument) => text(argument, call));
    return `${scope}${providerPath(rest)}`;
  }),
  tenantResourceId: define(2, MANY, (args, call) => providerPath(args.map((argument) => text(argument, call)))),
  managementGroupResourceId: define(2, MANY, (_args, call) => notEmulated(call)),
  copyIndex: define(0, 2, (args, call) => copyIndex(args, call)),
  listKeys: define(2, 3, (_args, call) => notEmulated(call)),
  listAccountSas: define(2, 3, (_args, call) => notEmulated(call)),
  reference: define(1, 3, ([resource, apiVersion, full], call) => reference({ resource, apiVersion, full }, call)),
};

/**
 * The turn of the loop of that name, or of the innermost one, and an offset.
 * Source: learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-numeric#copyindex.
 */
function copyIndex(args: readonly unknown[], call: FunctionCall): number {
  const [first, second] = args;
  const name = typeof first === "string" ? first : undefined;
  const offset = name === undefined ? first : second;
  const { loops = [] } = call.scope;
  const loop = name === undefined ? loops.at(-1) : loops.findLast((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
  if (loop !== undefined) return loop.index + (offset === undefined ? 0 : integer(offset, call));
  throw new TemplateFailure(
    "The template function 'copyIndex' is not expected at this location. The function can only be used in a resource with copy specified. " +
      "Please see https://aka.ms/arm-copy for usage details.",
  );
}

function notHere(name: string): never {
  throw new TemplateFailure(
    `The template function '${name}' is not expected at this location. Please see https://aka.ms/arm-template-expressions for usage details.`,
  );
}

function notEmulated({ name }: FunctionCall): never {
  throw new TemplateFailure(`The template function '${name}' is not emulated.`);
}

function environment({ endpoint }: DeploymentContext): Record<string, unknown> {
  return {
    name: "AksLocal",
    resourceManager: `${endpoint}/`,
    authentication: { loginEndpoint: endpoint, audiences: [`${endpoint}/`], tenant: "common", identityProvider: "AAD" },
    portal: endpoint,
    gallery: `${endpoint}/`,
    graph: `${endpoint}/`,
  };
}

/** The format `yyyyMMddTHHmmssZ` and, of the others, `d`, `u` and `yyyy-MM-dd` are known. */
function utcNow(ms: number, style: unknown): string {
  const iso = new Date(ms).toISOString();
  if (style === undefined || style === "yyyyMMddTHHmmssZ") return compactTimestamp(ms);
  if (style === "u") return `${iso.slice(0, 19).replace("T", " ")}Z`;
  if (style === "yyyy-MM-dd") return iso.slice(0, 10);
  if (style === "d") return `${Number(iso.slice(5, 7))}/${Number(iso.slice(8, 10))}/${iso.slice(0, 4)}`;
  throw new TemplateFailure(`The format '${shown(style)}' of the template function 'utcNow' is not emulated.`);
}

/** `([subscriptionId], [resourceGroup], type, name…)`: the type is the first argument with a slash. */
function resourceId(args: readonly string[], { subscription, resourceGroup }: DeploymentContext): string {
  const at = args.findIndex((argument) => argument.includes("/"));
  if (at === -1 || at > 2) return invalidSegments("resourceId", args);
  const [subscriptionId, group] = at === 2 ? [args[0], args[1]] : [subscription.subscriptionId, at === 1 ? args[0] : resourceGroup?.name];
  if (group === undefined) return `/subscriptions/${subscriptionId}${providerPath(args.slice(at))}`;
  return `/subscriptions/${subscriptionId}/resourceGroups/${group}${providerPath(args.slice(at))}`;
}

function subscriptionResourceId(args: readonly string[], { subscription }: DeploymentContext): string {
  const at = args.findIndex((argument) => argument.includes("/"));
  if (at === -1 || at > 1) return invalidSegments("subscriptionResourceId", args);
  return `/subscriptions/${at === 1 ? args[0] : subscription.subscriptionId}${providerPath(args.slice(at))}`;
}

/** `/providers/Namespace/a/nameA/b/nameB` of `Namespace/a/b`, `nameA`, `nameB`. */
function providerPath([type = "", ...names]: readonly string[]): string {
  const [namespace = "", ...types] = type.split("/");
  if (types.length !== names.length) return invalidSegments("resourceId", [type, ...names]);
  return `/providers/${namespace}${types.map((part, index) => `/${part}/${names[index]}`).join("")}`;
}

function invalidSegments(name: string, args: readonly string[]): never {
  throw new TemplateFailure(
    `Unable to evaluate template language function '${name}': the type '${args.find((argument) => argument.includes("/")) ?? ""}' requires ` +
      `as many resource name argument(s) as it has segments. Please see https://aka.ms/arm-template-expressions/#${name.toLowerCase()} for usage details.`,
  );
}

function reference(
  args: { readonly resource: unknown; readonly apiVersion: unknown; readonly full: unknown },
  call: FunctionCall,
): unknown {
  return call.scope.reference({
    resource: text(args.resource, call),
    ...(args.apiVersion === undefined ? {} : { apiVersion: text(args.apiVersion, call) }),
    full: typeof args.full === "string" && args.full.toLowerCase() === "full",
  });
}
