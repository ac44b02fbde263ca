import type { IncomingMessage, ServerResponse } from "node:http";
import type { FastifyInstance } from "fastify";
import type { Clock, Logger, Pace, Random } from "#lib";
import type { Store } from "#store";
import { authorizationOperations, openAuthorization } from "./authorization/index.ts";
import {
  type Contents,
  createContextOf,
  createDeploymentsProvider,
  deploymentOperations,
  openDeploymentRecords,
  openWhatIfJobs,
} from "./deployments/index.ts";
import { openActivityLog } from "./activity/log.ts";
import { activityOperations, createActivityProvider } from "./activity/provider.ts";
import { notingCalls } from "./activity/watch.ts";
import { addAdministration, type AdministrativeRoute } from "./door/administration.ts";
import { createAllowances } from "./door/allowances.ts";
import { createApp } from "./door/app.ts";
import type { CallFaults } from "./door/call-faults.ts";
import { createDispatch, type Dispatch, dispatchOperations } from "./door/dispatch.ts";
import { recordOperations } from "./door/operations.ts";
import type { RouteOptions } from "./door/routes.ts";
import { addArmRoutes } from "./door/table.ts";
import { addExtensionRoutes } from "./extensions/routes.ts";
import { createFeaturesProvider, featureOperations } from "./features/provider.ts";
import { openFeatures } from "./features/registrations.ts";
import { openGroupDeletion } from "./groups/deletion.ts";
import { groupId, openGroups } from "./groups/groups.ts";
import { createGroupHandlers } from "./groups/handlers.ts";
import { addGraphRoutes } from "./identity/graph/routes.ts";
import { createManagedIdentity } from "./identity/managed-identity.ts";
import { addPlainRoutes } from "./identity/plain-routes.ts";
import { addIdentityRoutes } from "./identity/routes.ts";
import type { DirectoryOptions, DirectorySource } from "./identity/directory/source.ts";
import { openSignIn, type SignIn } from "./identity/sign-in.ts";
import { openLocks } from "./locks/locks.ts";
import { createLocksProvider, lockOperations } from "./locks/provider.ts";
import { openOperations } from "./operations.ts";
import type { ArmServices, ResourceProvider } from "./provider.ts";
import { createProviderHandlers } from "./providers/handlers.ts";
import { newestVersion, openRegistrations } from "./providers/registrations.ts";
import { createTagsProvider, openSubscriptionTags, tagOperations } from "./resources/tags.ts";
import { openTagNames } from "./resources/tag-names.ts";
import { createResourceLists } from "./resources/list.ts";
import { createServices } from "./services.ts";
import { createSubscriptionHandlers, type Subscription } from "./subscriptions.ts";

/** What Azure Resource Manager and sign-in run on. */
export interface ArmOptions extends DirectoryOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** The clock of callers, for sign-in, request limits and what an answer says of itself; `clock` when absent. */
  readonly wall?: Clock;
  readonly pace: Pace;
  readonly random: Random;
  readonly log: Logger;
  /** The one tenant, a GUID. */
  readonly tenantId: string;
  readonly subscriptions: readonly Subscription[];
  /** Whether callers who used up their allowance are refused; they are told of it in any case. */
  readonly isThrottled?: boolean;
  /** Whether callers may only do what their roles allow; everything when absent. */
  readonly rbac?: boolean;
  /** What goes wrong with calls on purpose; nothing when absent. */
  readonly callFaults?: CallFaults | undefined;
  /** Calls to the program itself. */
  readonly administration?: readonly AdministrativeRoute[];
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

/** Opens the front door on what the store holds; nothing listens yet. */
export async function createArm(options: ArmOptions): Promise<Arm> {
  return (await openArm(options)).arm;
}

/** As {@link createArm}, with the two Fastify instances behind the listeners, for requests without a socket. */
export async function openArm(
  options: ArmOptions,
): Promise<{ readonly arm: Arm; readonly app: FastifyInstance; readonly plain: FastifyInstance }> {
  const { log } = options;
  const door = { ...options, clock: options.wall ?? options.clock };
  const signIn = await openSignIn(door);
  const rooms = await openRooms({ ...options, directory: signIn.directory });
  const app = createApp(door);
  const operations = recordOperations(app);
  addDoor(app, { options: door, rooms, signIn });
  const plain = createApp(door);
  const plainOperations = recordOperations(plain, "plain:");
  let endpoint: string | undefined;
  addPlainRoutes(plain, { managedIdentity: createManagedIdentity({ clock: door.clock, ...signIn }), endpoint: () => endpoint });
  await Promise.all([app.ready(), plain.ready()]);
  const arm: Arm = {
    services: createServices({ ...rooms, tenantId: options.tenantId }),
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
      signIn.keys.current().catch((error: unknown) => log.error("the signing key could not be made", { error }));
    },
    async stop() {
      await Promise.all([app.close(), plain.close(), rooms.deployments.stop(), rooms.deletion.stop()]);
      rooms.operations.stop();
      await rooms.activity.stop();
      const { registrations, features, groups, locks, tagNames, subscriptionTags, whatIfs, authorization } = rooms;
      for (const room of [registrations, features, groups, locks, tagNames, subscriptionTags, whatIfs, authorization, signIn.pending])
        room.close();
    },
    issueToken: (wanted) => signIn.issueToken(wanted),
  };
  return { arm, app, plain };
}

type Rooms = Awaited<ReturnType<typeof openRooms>>;

async function openRooms(options: ArmOptions & { readonly directory: DirectorySource }) {
  const { clock, random, tenantId, subscriptions, rbac = false } = options;
  const [activity, operations, registrations, features, groups, locks, subscriptionTags] = await Promise.all([
    openActivityLog(options),
    openOperations(options),
    openRegistrations(options),
    openFeatures(options),
    openGroups(options),
    openLocks(options),
    openSubscriptionTags(options),
  ]);
  const ownIdentities = (): readonly string[] => registrations.providers().flatMap((provider) => provider.identities?.() ?? []);
  const authorization = await openAuthorization({ ...options, ownIdentities, rbac });
  const tagNames = await openTagNames({ ...options, groups, providers: registrations.providers });
  const dispatch: Dispatch = createDispatch({
    subscriptions,
    groups,
    registrations,
    operations,
    locks,
    enforcement: authorization.enforcement,
  });
  const contextOf = createContextOf({ groups, subscriptions, tenantId });
  const contents: Contents = (scope) => registrations.providers().flatMap((provider) => provider.resources(scope));
  const whatIfs = await openWhatIfJobs(options);
  const deployments = await openDeploymentRecords({
    ...options,
    operations,
    dispatch: notingCalls(activity, dispatch),
    contextOf,
    contents,
    newestVersion: (type) => newestVersion(registrations, type),
  });
  const deletion = await openGroupDeletion({
    ...options,
    groups,
    providers: registrations.providers,
    onEmpty: async ({ subscriptionId, name }) => {
      await deployments.removeAll(subscriptionId, name);
      await locks.removeBelow(groupId(subscriptionId, name));
      await authorization.assignments.removeBelow(groupId(subscriptionId, name));
    },
  });
  registrations.register(createLocksProvider(locks));
  registrations.register(authorization.provider);
  registrations.register(createTagsProvider({ groups, registrations, dispatch, subscriptionTags }));
  registrations.register(createFeaturesProvider(features, registrations));
  registrations.register(createActivityProvider(activity, clock));
  registrations.register(createDeploymentsProvider({ clock, random, records: deployments, whatIfs, contextOf, dispatch, contents }));
  return {
    activity,
    operations,
    registrations,
    features,
    groups,
    locks,
    subscriptionTags,
    tagNames,
    whatIfs,
    dispatch,
    deployments,
    deletion,
    authorization,
  };
}

interface Door {
  readonly options: ArmOptions;
  readonly rooms: Rooms;
  readonly signIn: SignIn;
}

function addDoor(app: FastifyInstance, { options, rooms, signIn }: Door): void {
  addIdentityRoutes(app, { ...options, ...signIn });
  addGraphRoutes(app, { ...options, ...signIn });
  addExtensionRoutes(app, options);
  const groups = createGroupHandlers(rooms);
  const routes: RouteOptions = {
    ...options,
    tokens: signIn.tokens,
    dispatch: rooms.dispatch,
    enforcement: rooms.authorization.enforcement,
    activity: rooms.activity,
    allowances: createAllowances({ clock: options.clock, isEnforced: options.isThrottled ?? false }),
    faults: options.callFaults,
  };
  addAdministration(app, options.administration ?? [], routes);
  addArmRoutes(app, {
    routes,
    subscriptions: createSubscriptionHandlers({ ...options, tagsOf: rooms.subscriptionTags.get }),
    groups,
    operationResult: async (call) =>
      rooms.whatIfs.result(call.params.subscriptionId ?? "", call.params.id ?? "") ?? (await groups.operationResult(call)),
    providers: createProviderHandlers(rooms.registrations, rooms.groups),
    resources: createResourceLists({ groups: rooms.groups, providers: rooms.registrations.providers }),
    tagNames: rooms.tagNames,
  });
}

/** What the door's own providers, and the dispatch in front of all of them, answer. */
const PROVIDED: readonly string[] = [
  ...featureOperations.map((operation) => operation.replace(" ", " Microsoft.Features/")),
  ...deploymentOperations.map((operation) => operation.replace(" ", " Microsoft.Resources/")),
  ...tagOperations.map((operation) => operation.replace(" ", " Microsoft.Resources/")),
  ...authorizationOperations.map((operation) => operation.replace(" ", " Microsoft.Authorization/")),
  ...lockOperations.map((operation) => operation.replace(" ", " Microsoft.Authorization/")),
  ...activityOperations.map((operation) => operation.replace(" ", " Microsoft.Insights/")),
  ...dispatchOperations.map((operation) => operation.replace(" ", " {namespace}/")),
];
