import type { FastifyInstance } from "fastify";
import type { Handler } from "./call.ts";
import { armErrors } from "../errors.ts";
import type { GroupHandlers } from "../groups/handlers.ts";
import type { ProviderHandlers } from "../providers/handlers.ts";
import type { TagNameHandlers } from "../resources/tag-names.ts";
import type { SubscriptionHandlers } from "../subscriptions.ts";
import { addProviderRoute, addRoute, forward, type Handlers, type RouteOptions } from "./routes.ts";

/** What answers the paths. */
export interface ArmHandlers {
  readonly routes: RouteOptions;
  readonly subscriptions: SubscriptionHandlers;
  readonly groups: GroupHandlers;
  readonly providers: ProviderHandlers;
  /** Lists the resources of a subscription or a group. */
  readonly resources: Handler;
  readonly tagNames: TagNameHandlers;
  /** What a job has come to: a deletion of a group, a what-if. */
  readonly operationResult: Handler;
}

const SUBSCRIPTION = "/subscriptions/:subscriptionId";
const GROUP = `${SUBSCRIPTION}/resourcegroups/:group`;

/** Every path of Azure Resource Manager. */
export function addArmRoutes(
  app: FastifyInstance,
  { routes, subscriptions, groups, providers, resources, tagNames, operationResult }: ArmHandlers,
): void {
  const add = (url: string, handlers: Handlers): void => addRoute(app, url, { handlers, options: routes });
  add("/tenants", { GET: subscriptions.tenants });
  add("/providers", { GET: providers.tenantList });
  add("/providers/:namespace", { GET: providers.tenantGet });
  add("/subscriptions", { GET: subscriptions.list });
  add(SUBSCRIPTION, { GET: subscriptions.get });
  add(`${SUBSCRIPTION}/locations`, { GET: subscriptions.locations });
  add(`${SUBSCRIPTION}/resources`, { GET: resources });
  add(`${SUBSCRIPTION}/operationresults/:id`, { GET: operationResult });

  add(`${SUBSCRIPTION}/tagnames`, { GET: tagNames.list });
  add(`${SUBSCRIPTION}/tagnames/:name`, { PUT: tagNames.putName, DELETE: tagNames.removeName });
  add(`${SUBSCRIPTION}/tagnames/:name/tagvalues/:value`, { PUT: tagNames.putValue, DELETE: tagNames.removeValue });

  add(`${SUBSCRIPTION}/resourcegroups`, { GET: groups.list });
  add(GROUP, { GET: groups.get, HEAD: groups.head, PUT: groups.put, PATCH: groups.patch, DELETE: groups.remove });
  add(`${GROUP}/resources`, { GET: resources });

  add(`${GROUP}/moveresources`, { POST: refusing("Moving resources to another group") });
  add(`${GROUP}/validatemoveresources`, { POST: refusing("Moving resources to another group") });
  add(`${GROUP}/exporttemplate`, { POST: refusing("A template of what a group holds") });

  add(`${SUBSCRIPTION}/providers`, { GET: providers.list });
  add(`${SUBSCRIPTION}/providers/:namespace`, { GET: providers.get });
  add(`${SUBSCRIPTION}/providers/:namespace/register`, { POST: providers.register });
  add(`${SUBSCRIPTION}/providers/:namespace/unregister`, { POST: providers.unregister });

  addProviderRoute(app, "/providers/:namespace/*", routes);
  addProviderRoute(app, `${SUBSCRIPTION}/providers/:namespace/*`, routes);
  addProviderRoute(app, `${GROUP}/providers/:namespace/*`, routes);

  // The operations of a deployment are also at an older address, without the namespace.
  const older = forward(routes.dispatch, "Microsoft.Resources", ({ params }) => ["deployments", ...rest(params["*"])]);
  add(`${GROUP}/deployments/*`, { GET: older });
}

/** A call of Azure Resource Manager's that is known, and refused. */
function refusing(what: string): Handler {
  return () => Promise.reject(armErrors.notEmulated(what));
}

function rest(path: string | undefined): readonly string[] {
  return (path ?? "").split("/").filter((part) => part !== "");
}
