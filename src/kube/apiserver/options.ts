import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { KubeTransport } from "#api/kubernetes/transport";
import type { Clock, Logger, Random } from "#lib";
import type { Store } from "#store";
import type { Kind } from "./registry/kind.ts";
import type { SigningKeys } from "./tokens/keys.ts";
import type { User } from "./request.ts";

/** Who is let in over HTTP. */
export interface Credentials {
  /** The cluster's own authority: a client certificate that it signed is user CN in groups O. */
  readonly caCertificatePem: string;
  /** The user of a bearer token; undefined for a token of no user of this cluster. */
  tokens(token: string): User | undefined;
}

export interface ApiServerOptions {
  readonly store: Store;
  /** Prefix of every key of the cluster, with a slash at its end: `/kubernetes/<id>/`. */
  readonly keyPrefix: string;
  readonly kinds: readonly Kind[];
  readonly clock: Clock;
  /** The clock of callers, for certificates and the time that watches take; `clock` when absent. */
  readonly wall?: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** `1.12.6`. */
  readonly version: string;
  /** IPv4, `10.0.0.0/16`. */
  readonly serviceCidr: string;
  readonly credentials: Credentials;
  /** What tokens of service accounts are signed with; none are issued when absent. */
  readonly signingKeys?: SigningKeys;
  /** Whether roles and bindings decide who may do what; without them everybody of the cluster may do everything. True when absent. */
  readonly enforcesRoles?: boolean;
  /** Answers `GET /lido/v1/namespaces/{namespace}/pods/{name}/explain`; nothing for a pod that does not exist. No such path when absent. */
  readonly explainPod?: (namespace: string, name: string) => object | undefined;
}

/** One cluster's Kubernetes API. */
export interface ApiServer {
  /** Loads what is stored and creates what every cluster has. Nothing else may be called before it resolves. */
  start(): Promise<void>;
  /** Ends every watch. Calls that come later are refused with ServiceUnavailable. */
  stop(): Promise<void>;
  /** From now on the cluster is of this version. */
  setVersion(version: string): void;
  /**
   * The API without a wire. Objects are shared both ways: what is handed in belongs to the API from then on, what comes
   * out must never be changed.
   */
  transport(user: User): KubeTransport;
  /** Whether a request shows a credential of this cluster. */
  knows(request: IncomingMessage): Promise<boolean>;
  /** The token that a secret of a service account holds. @param account its uid and place. @throws {Error} where none are issued. */
  secretToken(account: { readonly namespace: string; readonly name: string; readonly uid: string }, secretName: string): Promise<string>;
  /** Answers a request of HTTP/1.1 or HTTP/2. @param pathPrefix what to take off its path: `/clusters/<fqdn>`. */
  handle(request: IncomingMessage, response: ServerResponse, pathPrefix: string): void;
  /** Refuses exec, attach and port-forward, which need a container that runs. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, pathPrefix: string): void;
}
