import type { Speed } from "#lib";

/** Which service rules hold: `auto` decides for each cluster by the way it was made. */
export type GenerationChoice = "auto" | "2019-preview" | "current";

/** A subscription that the server has. */
export interface ServerSubscription {
  /** A GUID. */
  readonly id: string;
  readonly name: string;
}

/** Whose request limits are enforced: those of the provider, of Azure Resource Manager, of both or of neither. */
export type ThrottleChoice = "none" | "aks" | "arm" | "all";

/** What time is: the machine's, or one that users steer. */
export type ClockChoice = "real" | "virtual";

/** How to start the program's server. */
export interface ServerOptions {
  /** Address to listen on; loopback unless the user says otherwise. */
  readonly host: string;
  /** TCP port of the TLS listener; 0 lets the system choose. */
  readonly port: number;
  /** TCP port of the plain listener for managed identity and metadata; 0 lets the system choose. */
  readonly httpPort: number;
  /** Folder of all state, made when absent; undefined keeps everything in memory. */
  readonly dataDir: string | undefined;
  readonly speed: Speed;
  /** `real` when absent. */
  readonly clock?: ClockChoice;
  /** Path of a kubeconfig of the control plane that nodes and pods are put in; each cluster has its own, of this program, when absent. */
  readonly kubernetes?: string | undefined;
  readonly generation: GenerationChoice;
  /** Subscriptions to have beside the default one; those of earlier starts stay. */
  readonly subscriptions?: readonly ServerSubscription[];
  /** `none` when absent. */
  readonly throttle?: ThrottleChoice;
  /** Whether callers may only do what their roles allow; everything otherwise. */
  readonly rbac: boolean;
  /**
   * The day, `2024-10-15`, as of which Kubernetes versions are offered, and refused when they are out of support; absent: each
   * caller sees the versions of its api-version's time, and every version that AKS ever offered can be asked for.
   */
  readonly supportWindow?: string | undefined;
  readonly logLevel: "debug" | "info" | "warn" | "error" | "silent";
}

/** What a client needs to talk to a running server; the content of the ready file. */
export interface ServerAddress {
  /** `https://localhost:8443`. */
  readonly endpoint: string;
  /** `http://localhost:8444`. */
  readonly httpEndpoint: string;
  /** Path of the CA certificate, PEM. */
  readonly ca: string;
  readonly tenantId: string;
  /** The default subscription. */
  readonly subscriptionId: string;
  /** Every subscription, the default one first; the default one alone when absent. */
  readonly subscriptions?: readonly ServerSubscription[];
  readonly clientId: string;
  readonly clientSecret: string;
  /** Folder of certificates and client configuration; of all state too unless the server keeps it in memory. */
  readonly dataDir: string;
  readonly pid: number;
}

export interface RunningServer {
  readonly address: ServerAddress;
  /** Ends cleanly: what was answered is stored, listeners are closed. */
  stop(): Promise<void>;
}

/** The server cannot start, for a reason the user can mend; the message says how. */
export class StartError extends Error {}
