export { type Arm, type ArmOptions, createArm, type Listener } from "./arm.ts";
export type { AdministrativeRoute } from "./door/administration.ts";
export type { AskedCall, CallFault, CallFaults } from "./door/call-faults.ts";
export { armErrors } from "./errors.ts";
export { guidOf, sameName } from "./ids.ts";
export { findRegion, normalLocation, regionNames } from "./locations.ts";
export {
  ArmError,
  type ArmErrorExtra,
  type ArmPath,
  type ArmRequest,
  type ArmResponse,
  type ArmServices,
  type FeatureState,
  type GenericResource,
  type Method,
  type Operation,
  type Operations,
  type OperationStatus,
  type Principal,
  ProviderError,
  type ResourceProvider,
  type ResourceTypeDescription,
} from "./provider.ts";
export { REGIONS, type Region } from "./regions.ts";
export type { Subscription } from "./subscriptions.ts";
export { matchPath, type PathNames } from "./route-words.ts";
export { RETRY_AFTER_SECONDS } from "./operations.ts";
export { timestamp } from "./time.ts";
export { IdentitiesError } from "./identity/directory/decode.ts";
export type { Credential } from "./identity/directory/directory.ts";
export { hashSecret } from "./identity/directory/secrets.ts";
export { parseIdentities, readDirectory } from "./identity/directory/source.ts";
