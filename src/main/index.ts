export { openIdentities } from "./identities.ts";
export { startServer } from "./server.ts";
export { type Service, type ServiceOptions, startService } from "./service.ts";
