import type { Clock, Logger, Random } from "#lib";
import { type Documents, openDocuments, type Store } from "#store";
import { armErrors } from "./errors.ts";
import { swapGuidBytes } from "./ids.ts";
import { asCaller, cameSigned, operationUrl, resultUrl } from "./operation-urls.ts";
import type { ArmRequest, ArmResponse, Operation, Operations } from "./provider.ts";
import { timestamp } from "./time.ts";

/** Seconds a client is asked to wait between polls; 0 or none makes az wait 30. */
export const RETRY_AFTER_SECONDS = 1;
/** How long an operation can be asked for after its end. Source: the ARM resource provider contract, asynchronous operations. */
export const RETENTION_MS = 24 * 3_600_000;
const SWEEP_EVERY_MS = 3_600_000;
/** Operations removed in one sweep at most; the next one takes the rest. */
const MAX_SWEPT = 1000;
/** Operations kept at most; of more, those that ended first are forgotten before their time. */
const MAX_KEPT = 50_000;
/** Api-version of operation URLs whose answers tell what is being done. Source: recorded operations of 2025 and 2026. */
const FREE_TEXT_SINCE = "2025-03-01";

/** The operations of all providers, their documents and their answers. */
export interface OperationRecords extends Operations {
  /** Answers `…/operations/{id}`; `progress` is asked while it runs. @throws {ArmError} 404 for an unknown or forgotten one. */
  status(request: ArmRequest, id: string, progress?: (operation: Operation) => string | undefined): ArmResponse;
  /** Answers `…/operationresults/{id}`; undefined when the answer is the resource itself. @throws {ArmError} 404 or the operation's error. */
  result(
    request: ArmRequest,
    id: string,
  ): { readonly response: ArmResponse } | { readonly resourceId: string; readonly apiVersion: string };
  /** Resolves with the operation when it has ended, with undefined when it is not known; rejects with the signal's reason. */
  ended(subscriptionId: string, id: string, signal: AbortSignal): Promise<Operation | undefined>;
  /** Begins to forget operations whose end is more than {@link RETENTION_MS} ago. */
  start(): void;
  stop(): void;
}

/** Opens the operations that the store holds. */
export async function openOperations(options: {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}): Promise<OperationRecords> {
  const documents = await openDocuments<Operation>(options.store, "/arm/operations/");
  const sweeper = createSweeper(documents, options);
  const get = (subscriptionId: string, id: string): Operation | undefined => documents.get(keyOf(subscriptionId, id))?.value;

  function find(request: ArmRequest, id: string): Operation {
    const operation = get(request.path.subscriptionId, id);
    if (operation === undefined || isForgotten(operation, options.clock.now())) throw armErrors.operationNotFound();
    return operation;
  }

  return {
    get,
    begin(intent) {
      const id = options.random.uuid();
      const operation: Operation = { ...intent, id, name: swapGuidBytes(id), status: "InProgress", startMs: options.clock.now() };
      return { operation, op: documents.put(keyOf(operation.subscriptionId, id), operation) };
    },
    end(operation, { status, error }) {
      const key = keyOf(operation.subscriptionId, operation.id);
      const stored = documents.get(key)?.value ?? operation;
      if (stored.status !== "InProgress") return documents.put(key, stored);
      return documents.put(key, { ...stored, status, endMs: options.clock.now(), ...(error === undefined ? {} : { error }) });
    },
    headers(request, operation, { location = false } = {}) {
      const nowMs = options.clock.now();
      return {
        "Azure-AsyncOperation": operationUrl(request, operation, "operations", nowMs),
        ...(location && { Location: resultUrl(request, operation, nowMs) }),
        "Retry-After": String(RETRY_AFTER_SECONDS),
      };
    },
    status(request, id, progress) {
      const operation = find(request, id);
      return statusAnswer(operation, request, operation.status === "InProgress" ? progress?.(operation) : undefined);
    },
    result: (request, id) => resultAnswer(find(request, id), request, options.clock.now()),
    ended: (subscriptionId, id, signal) => whenEnded(documents, keyOf(subscriptionId, id), signal),
    start: sweeper.start,
    stop() {
      sweeper.stop();
      documents.close();
    },
  };
}

function keyOf(subscriptionId: string, id: string): string {
  return `${subscriptionId}/${id}`.toLowerCase();
}

/** @param progress what the provider says of an operation under way; `InProgress` when it says nothing. */
function statusAnswer(operation: Operation, request: ArmRequest, progress: string | undefined): ArmResponse {
  const { id, name, status, startMs, endMs, error } = operation;
  const isRunning = status === "InProgress";
  return {
    status: 200,
    layout: "provider",
    ...(isRunning ? { headers: { "Retry-After": String(RETRY_AFTER_SECONDS) } } : {}),
    body: {
      name: cameSigned(request) ? id : name,
      status: isRunning && request.apiVersion >= FREE_TEXT_SINCE ? (progress ?? status) : status,
      startTime: timestamp(startMs),
      ...(endMs === undefined ? {} : { endTime: timestamp(endMs) }),
      ...(error === undefined ? {} : { error }),
    },
  };
}

/** Source: recorded operationresults: 202 with Location while it runs, then 204 with Location. Unverified: a failed one. */
function resultAnswer(operation: Operation, request: ArmRequest, nowMs: number): ReturnType<OperationRecords["result"]> {
  const Location = operationUrl(asCaller(request), operation, "operationresults", nowMs);
  if (operation.status === "InProgress") {
    return { response: { status: 202, headers: { Location, "Retry-After": String(RETRY_AFTER_SECONDS) } } };
  }
  if (operation.error !== undefined && operation.status !== "Succeeded") {
    return { response: { status: 409, layout: "provider", body: operation.error } };
  }
  if (operation.resultStatus === 204) return { response: { status: 204, headers: { Location } } };
  return { resourceId: operation.resourceId, apiVersion: operation.resultApiVersion ?? request.apiVersion };
}

function whenEnded(documents: Documents<Operation>, key: string, signal: AbortSignal): Promise<Operation | undefined> {
  return new Promise((resolve, reject) => {
    const isEnded = (operation: Operation | undefined): boolean => operation === undefined || operation.status !== "InProgress";
    const present = documents.get(key)?.value;
    if (isEnded(present)) return resolve(present);
    if (signal.aborted) return reject(signal.reason as Error);
    const stop = (): void => {
      unsubscribe();
      signal.removeEventListener("abort", abort);
    };
    const abort = (): void => {
      stop();
      reject(signal.reason as Error);
    };
    const unsubscribe = documents.subscribe((event) => {
      const id = event.kind === "put" ? event.document.id : event.previous.id;
      const operation = event.kind === "put" ? event.document.value : undefined;
      if (id !== key || !isEnded(operation)) return;
      stop();
      resolve(operation);
    });
    signal.addEventListener("abort", abort, { once: true });
  });
}

function isForgotten({ endMs }: Operation, nowMs: number): boolean {
  return endMs !== undefined && endMs < nowMs - RETENTION_MS;
}

function createSweeper(
  documents: Documents<Operation>,
  { store, clock, log }: { readonly store: Store; readonly clock: Clock; readonly log: Logger },
): { start(): void; stop(): void } {
  let timer = clock.after(0, () => undefined);
  const sweep = async (): Promise<void> => {
    const ended = documents.list().filter(({ value }) => value.endMs !== undefined);
    ended.sort((a, b) => (a.value.endMs ?? 0) - (b.value.endMs ?? 0));
    const surplus = documents.list().length - MAX_KEPT;
    const old = ended.filter(({ value }, index) => index < surplus || isForgotten(value, clock.now()));
    if (old.length > 0)
      await store.transact(
        [],
        old.slice(0, MAX_SWEPT).map(({ id }) => documents.remove(id)),
      );
  };
  const schedule = (): void => {
    timer = clock.after(SWEEP_EVERY_MS, () => {
      sweep().catch((error: unknown) => log.error("old operations could not be removed", { error }));
      schedule();
    });
  };
  return { start: schedule, stop: () => timer.cancel() };
}
