export { EVENT_TTL_MS } from "./event-expiry.ts";
export { MAX_BODY_BYTES } from "./http/body.ts";
export type { ApiServer, ApiServerOptions, Credentials } from "./options.ts";
export type { Cell, Column, FieldError, Kind, Strategy, StrategyContext, TablePrinter } from "./registry/kind.ts";
export { builtInKinds, kindsOfRelease } from "./registry/index.ts";
export type { User } from "./request.ts";
export { createApiServer } from "./server.ts";
export { signToken } from "./tokens/sign.ts";
