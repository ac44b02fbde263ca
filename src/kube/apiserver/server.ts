import { StatusError } from "#api/kubernetes/status";
import { followApiServices } from "./aggregation/aggregation.ts";
import { createAlwaysAllow, createRoleAuthorizer, createUnion } from "./access/authorizer.ts";
import { createEscalationCheck } from "./access/escalation.ts";
import { createNodeAuthorizer } from "./access/nodes/authorizer.ts";
import { attributesOf } from "./access/request-attributes.ts";
import { createRuleResolver } from "./access/resolver.ts";
import { authenticated } from "./access/users.ts";
import { createReviews } from "./admission/dynamic/reviews.ts";
import { createAdmission, type Admission } from "./admission/index.ts";
import { ServiceAllocator } from "./admission/services.ts";
import { createClusterObjects } from "./bootstrap.ts";
import { type Core, strategyContext } from "./core.ts";
import { Conversions } from "./conversion/conversions.ts";
import { createDefinitions } from "./custom/definitions.ts";
import { documentFor } from "./documents/index.ts";
import { podExplanation } from "./documents/explain.ts";
import { keyDocument } from "./tokens/documents.ts";
import { expireEvents } from "./event-expiry.ts";
import { createFlowControl } from "./flow-control/flow-control.ts";
import { createDoor, type Door } from "./http/door.ts";
import type { ApiServer, ApiServerOptions } from "./options.ts";
import type { StrategyContext } from "./registry/kind.ts";
import type { Answer, ApiRequest } from "./request.ts";
import { ResourceTable } from "./resources.ts";
import { infoOf, prepareWatch, serve, serveWatch } from "./serve.ts";
import { internalError, serviceUnavailable } from "./status.ts";
import { addressSpaceOf, createServiceAddresses } from "./service-addresses.ts";
import { ObjectStorage } from "./storage/storage.ts";
import { TokenAuthority } from "./tokens/authority.ts";
import { createTransport, type Entrance } from "./transport.ts";
import type { WatchSink } from "./verbs/watch.ts";

/** Makes the API server of one cluster. It serves nothing until it is started. */
export function createApiServer(options: ApiServerOptions): ApiServer {
  const { core, services, setVersion } = assemble(options);
  const entrance = new ServerEntrance(core, options.explainPod);
  const definitions = createDefinitions(core);
  const flows = createFlowControl(core);
  const addresses = createServiceAddresses(core, options.serviceCidr);
  const door: Door = createDoor({ core, entrance, flows }, options.credentials);
  let stopExpiry = (): void => undefined;
  let stopAggregation = (): void => undefined;
  return {
    async start() {
      await core.storage.start();
      await createClusterObjects(core, services.firstAddress);
      await definitions.start();
      await flows.start();
      await addresses.start();
      stopAggregation = followApiServices(core);
      stopExpiry = expireEvents(core);
      entrance.open();
    },
    async stop() {
      stopExpiry();
      stopAggregation();
      entrance.close();
      await flows.stop();
      await addresses.stop();
      await definitions.stop();
      core.reviews.stop();
      core.conversions.stop();
      core.storage.stop();
    },
    setVersion(version) {
      setVersion(version);
      flows.releaseChanged();
      addresses.releaseChanged();
    },
    async secretToken({ uid, ...account }, secretName) {
      if (core.tokens === undefined) throw new Error("tokens of service accounts are not issued");
      return await core.tokens.issueForSecret(account, uid, secretName);
    },
    transport: (user) => createTransport(entrance, user),
    knows: (request) => door.knows(request),
    handle: (request, response, pathPrefix) => door.handle(request, response, pathPrefix),
    handleUpgrade: (request, socket, head, pathPrefix) => door.handleUpgrade(request, { socket, head }, pathPrefix),
  };
}

function assemble(options: ApiServerOptions): { core: Core; services: ServiceAllocator; setVersion: (version: string) => void } {
  const { store, keyPrefix, clock, wall = clock, random, log, kinds, serviceCidr } = options;
  let version = options.version;
  const storage = new ObjectStorage({ store, keyPrefix, log });
  const resources = new ResourceTable(kinds, storage, version);
  const services = new ServiceAllocator({ serviceCidr, random, version: () => version, more: addressSpaceOf(resources) });
  const resolver = createRuleResolver(resources);
  const roles = options.enforcesRoles === false ? createAlwaysAllow() : createRoleAuthorizer(resolver);
  const nodes = createNodeAuthorizer({ resources, version: () => version });
  const access = options.enforcesRoles === false ? roles : createUnion([nodes, roles]);
  const { signingKeys } = options;
  const tokens = signingKeys === undefined ? undefined : new TokenAuthority({ keys: signingKeys, clock: wall, random, resources });
  const admission: Admission = createAdmission({
    resources,
    services,
    clock,
    chance: () => random.next(),
    access,
    checkEscalation: createEscalationCheck({ decide: access.decide, rulesFor: roles.rulesFor }, resolver),
    get version() {
      return version;
    },
  });
  const conversions = new Conversions({ resources, wall, random, context: () => ({ nowMs: clock.now(), version }) });
  const reviews = createReviews({
    resources,
    conversions,
    wall,
    random,
    log,
    readmit: ({ operation, resource, subresource, author }, object) => {
      if (operation === "CREATE" && subresource === "") admission.completeCreate(resource, object, { author });
    },
  });
  const core: Core = {
    storage,
    resources,
    admission,
    reviews,
    conversions,
    access,
    tokens,
    authenticateToken: async (token, audiences) => {
      const user = options.credentials.tokens(token);
      if (user !== undefined)
        return { user: authenticated(user), audiences: audiences.length === 0 ? (tokens?.audiences ?? []) : audiences };
      return (await tokens?.authenticate(token, audiences)) ?? { error: "invalid bearer token" };
    },
    clock,
    wall,
    random,
    log,
    get version() {
      return version;
    },
  };
  return { core, services, setVersion: (next) => resources.setVersion((version = next)) };
}

/** The way in for every door: knows whether the server runs, and which watches are open. */
class ServerEntrance implements Entrance {
  readonly #core: Core;
  readonly #explainPod: ApiServerOptions["explainPod"];
  readonly #watches = new Map<WatchSink, () => void>();
  #isOpen = false;

  constructor(core: Core, explainPod: ApiServerOptions["explainPod"]) {
    this.#core = core;
    this.#explainPod = explainPod;
  }

  open(): void {
    this.#isOpen = true;
  }

  close(): void {
    this.#isOpen = false;
    for (const [sink, stop] of this.#watches) {
      stop();
      sink.end(serviceUnavailable("the API server of this cluster was stopped"));
    }
    this.#watches.clear();
  }

  serve(request: ApiRequest): Answer | Promise<Answer> {
    this.#requireOpen();
    const info = infoOf(request);
    this.#core.access.require(attributesOf(request, info));
    if (info.isResource) return serve(this.#core, request, info);
    return this.#document(request);
  }

  async #document(request: ApiRequest): Promise<Answer> {
    const keys = await keyDocument(this.#core, request);
    const document = keys ?? podExplanation(request, this.#explainPod) ?? (await documentFor(this.#core, request));
    return { kind: "document", code: 200, document };
  }

  prepareWatch(request: ApiRequest): Promise<void> | undefined {
    this.#requireOpen();
    const info = infoOf(request);
    this.#core.access.require(attributesOf(request, info));
    return prepareWatch(this.#core, info);
  }

  watch(request: ApiRequest, sink: WatchSink): () => void {
    this.#requireOpen();
    const closing: WatchSink = {
      event: (type, object) => sink.event(type, object),
      end: (error) => {
        this.#watches.delete(closing);
        sink.end(error);
      },
    };
    const info = infoOf(request);
    this.#core.access.require(attributesOf(request, info));
    const stop = serveWatch(this.#core, request, info, closing);
    this.#watches.set(closing, stop);
    return () => {
      this.#watches.delete(closing);
      stop();
    };
  }

  refusalOf(error: unknown): StatusError {
    if (error instanceof StatusError) return error;
    this.#core.log.error("a Kubernetes request failed", { error });
    return internalError(error instanceof Error ? error.message : String(error));
  }

  tableContext(): StrategyContext {
    return strategyContext(this.#core);
  }

  #requireOpen(): void {
    if (!this.#isOpen) throw serviceUnavailable("the API server of this cluster does not run");
  }
}
