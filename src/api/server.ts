import type { Speed } from "#lib";

/** Which service rules hold: `auto` decides for each cluster by the way it was made. */
export type GenerationChoice = "auto" | "2019-preview" | "current";

/** Whose request limits are enforced: those of the provider, of Azure Resource Manager, of both or of neither. */
export type ThrottleChoice = "none" | "aks" | "arm" | "all";

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
  readonly generation: GenerationChoice;
  /** `none` when absent. */
  readonly throttle?: ThrottleChoice;
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
  readonly subscriptionId: string;
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
