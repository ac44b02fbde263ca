import type { IncomingMessage, ServerResponse } from "node:http";
import type { FastifyInstance } from "fastify";
import type { Clock, Logger, Pace, Random } from "#lib";
import type { Store } from "#store";
import { openActivityLog } from "./activity/log.ts";
import { activityOperations, createActivityProvider } from "./activity/provider.ts";
import { notingCalls } from "./activity/watch.ts";
import { createDeploymentsProvider, deploymentOperations, openDeploymentRecords } from "./deployments/index.ts";
import { createAllowances } from "./door/allowances.ts";
import { createApp } from "./door/app.ts";
import { createDispatch, type Dispatch, dispatchOperations } from "./door/dispatch.ts";
import { recordOperations } from "./door/operations.ts";
import { addArmRoutes } from "./door/table.ts";
import { addExtensionRoutes } from "./extensions/routes.ts";
import { createFeaturesProvider, featureOperations } from "./features/provider.ts";
import { openFeatures } from "./features/registrations.ts";
import { openGroupDeletion } from "./groups/deletion.ts";
import { groupId, openGroups } from "./groups/groups.ts";
import { createGroupHandlers } from "./groups/handlers.ts";
import { createManagedIdentity } from "./identity/managed-identity.ts";
import { addPlainRoutes } from "./identity/plain-routes.ts";
import { addIdentityRoutes } from "./identity/routes.ts";
import { type SigningKeySource, signingKeySource } from "./identity/signing-key.ts";
import { createTokenEndpoint, type Credential } from "./identity/token-endpoint.ts";
import { createTokens, type Tokens } from "./identity/tokens.ts";
import { openOperations } from "./operations.ts";
import type { ArmServices, ResourceProvider } from "./provider.ts";
import { createProviderHandlers } from "./providers/handlers.ts";
import { openRegistrations } from "./providers/registrations.ts";
import { createServices } from "./services.ts";
import { createSubscriptionHandlers, type Subscription } from "./subscriptions.ts";

/** What Azure Resource Manager and sign-in run on. */
export interface ArmOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly pace: Pace;
  readonly random: Random;
  readonly log: Logger;
  /** The one tenant, a GUID. */
  readonly tenantId: string;
  readonly subscriptions: readonly Subscription[];
  /** Applications that may sign in; the first one is the machine's managed identity too. */
  readonly credentials: readonly Credential[];
  /** Whether callers who used up their allowance are refused; they are told of it in any case. */
  readonly isThrottled?: boolean;
}

/** Handles a request of node:http or of HTTP/2's compatibility API. */
export type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** The front door, sign-in, and what they keep. */
export interface Arm {
  readonly services: ArmServices;
  /** Before {@link start}: what a namespace's requests, lists and deletions go to. */
  register(provider: ResourceProvider): void;
  /**
   * Every method and path that is answered without a registered provider: `GET /tenants`, `GET Microsoft.Features/features`;
   * those of the plain listener begin with `plain:`.
   */
  readonly operations: readonly string[];
  /** For the TLS listener: Azure Resource Manager and sign-in. */
  readonly listener: Listener;
  /** For the plain loopback listener: managed identity, the cloud's metadata, health. */
  readonly httpListener: Listener;
  /** Tells the plain listener's metadata where the TLS listener is: `https://localhost:8443`. */
  setEndpoint(endpoint: string): void;
  /** Goes on with deletions and deployments that were under way, and begins to make the signing key. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** An access token for an application, good for a day, for commands that speak to the door without signing in. */
  issueToken(options?: { readonly clientId?: string; readonly audience?: string }): Promise<string>;
}

const DEFAULT_AUDIENCE = "https://management.azure.com/";

/** Opens the front door on what the store holds; nothing listens yet. */
export async function createArm(options: ArmOptions): Promise<Arm> {
  return (await openArm(options)).arm;
}

/** As {@link createArm}, with the two Fastify instances behind the listeners, for requests without a socket. */
export async function openArm(
  options: ArmOptions,
): Promise<{ readonly arm: Arm; readonly app: FastifyInstance; readonly plain: FastifyInstance }> {
  const { clock, log, tenantId, credentials } = options;
  const key = signingKeySource(options.store);
  const tokens = createTokens({ ...options, key });
  const rooms = await openRooms(options);
  const app = createApp(options);
  const operations = recordOperations(app);
  addDoor(app, { options, rooms, tokens, key });
  const plain = createApp(options);
  const plainOperations = recordOperations(plain, "plain:");
  let endpoint: string | undefined;
  addPlainRoutes(plain, { managedIdentity: createManagedIdentity({ clock, tokens, credentials }), endpoint: () => endpoint });
  await Promise.all([app.ready(), plain.ready()]);
  const arm: Arm = {
    services: createServices(rooms),
    register: (provider) => rooms.registrations.register(provider),
    operations: [...operations, ...plainOperations, ...PROVIDED],
    listener: (request, response) => app.routing(request, response),
    httpListener: (request, response) => plain.routing(request, response),
    setEndpoint: (url) => void (endpoint = url),
    async start() {
      rooms.operations.start();
      rooms.deletion.resume();
      rooms.deployments.resume();
      // Not awaited: whoever needs a token first waits for the key.
      key().catch((error: unknown) => log.error("the signing key could not be made", { error }));
    },
    async stop() {
      await Promise.all([app.close(), plain.close(), rooms.deployments.stop(), rooms.deletion.stop()]);
      rooms.operations.stop();
      await rooms.activity.stop();
      for (const room of [rooms.registrations, rooms.features, rooms.groups]) room.close();
    },
    issueToken: ({ clientId = credentials[0]?.clientId ?? tenantId, audience = DEFAULT_AUDIENCE } = {}) =>
      tokens.issueAccess({ kind: "app", applicationId: clientId }, audience),
  };
  return { arm, app, plain };
}

type Rooms = Awaited<ReturnType<typeof openRooms>>;

async function openRooms(options: ArmOptions) {
  const { clock, random, tenantId, subscriptions } = options;
  const [activity, operations, registrations, features, groups] = await Promise.all([
    openActivityLog(options),
    openOperations(options),
    openRegistrations(options),
    openFeatures(options),
    openGroups(options),
  ]);
  const dispatch: Dispatch = createDispatch({ subscriptions, groups, registrations, operations });
  const contextOf: Parameters<typeof openDeploymentRecords>[0]["contextOf"] = ({
    subscriptionId,
    resourceGroup,
    name,
    baseUrl,
    startMs,
  }) => {
    const group = groups.require(subscriptionId, resourceGroup);
    const displayName = subscriptions.find(({ id }) => id.toLowerCase() === subscriptionId.toLowerCase())?.displayName ?? "";
    const id = groupId(subscriptionId, group.name);
    return {
      deploymentName: name,
      subscription: { id: `/subscriptions/${subscriptionId}`, subscriptionId, tenantId, displayName },
      resourceGroup: {
        id,
        name: group.name,
        type: "Microsoft.Resources/resourceGroups",
        location: group.location,
        ...(group.tags === undefined ? {} : { tags: group.tags }),
        properties: { provisioningState: group.provisioningState },
      },
      endpoint: baseUrl,
      startMs,
    };
  };
  const deployments = await openDeploymentRecords({
    ...options,
    operations,
    dispatch: notingCalls(activity, dispatch),
    contextOf,
  });
  const deletion = await openGroupDeletion({
    ...options,
    groups,
    providers: registrations.providers,
    onEmpty: ({ subscriptionId, name }) => deployments.removeAll(subscriptionId, name),
  });
  registrations.register(createFeaturesProvider(features, registrations));
  registrations.register(createActivityProvider(activity, clock));
  registrations.register(createDeploymentsProvider({ clock, random, records: deployments, contextOf }));
  return { activity, operations, registrations, features, groups, dispatch, deployments, deletion };
}

interface Door {
  readonly options: ArmOptions;
  readonly rooms: Rooms;
  readonly tokens: Tokens;
  readonly key: SigningKeySource;
}

function addDoor(app: FastifyInstance, { options, rooms, tokens, key }: Door): void {
  addIdentityRoutes(app, { ...options, key, tokenEndpoint: createTokenEndpoint({ ...options, tokens }) });
  addExtensionRoutes(app, options);
  const providers = rooms.registrations.providers;
  addArmRoutes(app, {
    routes: {
      ...options,
      tokens,
      dispatch: rooms.dispatch,
      activity: rooms.activity,
      allowances: createAllowances({ clock: options.clock, isEnforced: options.isThrottled ?? false }),
    },
    subscriptions: createSubscriptionHandlers({ ...options, groups: rooms.groups, providers }),
    groups: createGroupHandlers(rooms.groups, rooms.deletion),
    providers: createProviderHandlers(rooms.registrations),
  });
}

/** What the door's own providers, and the dispatch in front of all of them, answer. */
const PROVIDED: readonly string[] = [
  ...featureOperations.map((operation) => operation.replace(" ", " Microsoft.Features/")),
  ...deploymentOperations.map((operation) => operation.replace(" ", " Microsoft.Resources/")),
  ...activityOperations.map((operation) => operation.replace(" ", " Microsoft.Insights/")),
  ...dispatchOperations.map((operation) => operation.replace(" ", " {namespace}/")),
];
