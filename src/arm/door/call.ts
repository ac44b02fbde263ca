import type { ArmResponse, Method, Principal } from "../provider.ts";

/** A request whose token, api-version and subscription the door has checked. */
export interface Call {
  readonly method: Method;
  /** Path as it was sent, without the query. */
  readonly path: string;
  /** Decoded parts of the path, by the names of the route, letter case as sent; `*` holds the rest of the path. */
  readonly params: Readonly<Record<string, string | undefined>>;
  readonly apiVersion: string;
  readonly query: URLSearchParams;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The body as sent; undefined when there was none. */
  readonly text: string | undefined;
  readonly baseUrl: string;
  readonly principal: Principal;
  readonly correlationId: string;
}

/** @throws {ArmError | ProviderError} for refusals. */
export type Handler = (call: Call) => Promise<ArmResponse>;
