export { assert, Defect } from "./assert.ts";
export { type BackgroundQueue, createBackgroundQueue } from "./background-queue.ts";
export { type Asked, requestOf } from "./request-certificate.ts";
export { subjectOfRequest } from "./certificate-requests.ts";
export {
  type CertificateRequest,
  type KeyUsageName,
  readCertificateRequest,
  signCertificateRequest,
  type SigningOptions,
} from "./certificate-signing.ts";
export {
  type AuthorityOptions,
  type CertificateOptions,
  createCertificateAuthority,
  issueCertificate,
  type KeyedCertificate,
} from "./certificates.ts";
export { type Clock, type Timer, systemClock, VirtualClock } from "./clock.ts";
export { Heap, type HeapItem } from "./heap.ts";
export { ownEntry } from "./own-entry.ts";
export { isSpeed, type Pace, type Speed, paceOf } from "./pace.ts";
export { createLogger, type Logger, type LoggerOptions, type LogFields, type LogLevel, silentLogger } from "./log.ts";
export { type Random, seededRandom, systemRandom } from "./random.ts";
export { ClockBusyError, ClockLateError, type ClockRecord, SteeredClock } from "./steered-clock.ts";
export { type BucketRule, type Draw, TokenBuckets } from "./token-buckets.ts";
export { createReconciler, FIRST_BACKOFF_MS, MAX_BACKOFF_MS, type Reconciler, type ReconcilerOptions, type Requeue } from "./reconciler.ts";
