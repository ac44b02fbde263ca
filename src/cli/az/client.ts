import type { Clock } from "#lib";
import type { Answer, Connection } from "../connection.ts";
import { AzError } from "./grammar.ts";

/** What a command works with. */
export interface AzContext {
  readonly subscriptionId: string;
  readonly clock: Clock;
  readonly terminal: Terminal;
  /** One call; `path` begins after `/subscriptions/{id}`. @throws {AzError} for a status of 400 and above. */
  call(method: string, path: string, apiVersion: string, body?: unknown): Promise<Answer>;
  /** Every subscription of the server. */
  listSubscriptions(): Promise<readonly Record<string, unknown>[]>;
  /** Waits for the operation that an answer began, showing that it runs. @throws {AzError} when it fails. */
  wait(answer: Answer): Promise<void>;
}

/** Where the user is. */
export interface Terminal {
  /** Whether the user can be asked. */
  readonly canAsk: boolean;
  /** Asks and resolves with the line typed. */
  ask(question: string): Promise<string>;
  /** Shows that work goes on; does nothing when stderr is no terminal. */
  progress(text: string): void;
  /** Removes what `progress` showed. */
  clearProgress(): void;
  /** Says something beside the result. */
  say(line: string): void;
}

const FIRST_POLL_MS = 50;
const MOST_POLL_MS = 1_000;
const NOT_FOUND = 404;
const EXIT_NOT_FOUND = 3;

/** Calls and waits over one connection. */
export function createContext(connection: Connection, subscriptionId: string, parts: { clock: Clock; terminal: Terminal }): AzContext {
  return {
    subscriptionId,
    ...parts,
    async call(method, path, apiVersion, body) {
      const separator = path.includes("?") ? "&" : "?";
      return checked(await connection.arm(method, `/subscriptions/${subscriptionId}${path}${separator}api-version=${apiVersion}`, body));
    },
    async listSubscriptions() {
      const { body } = checked(await connection.arm("GET", "/subscriptions?api-version=2022-12-01"));
      return (body as { readonly value: readonly Record<string, unknown>[] }).value;
    },
    wait: (answer) => wait(connection, answer, parts),
  };
}

function checked(answer: Answer): Answer {
  if (answer.status < 400) return answer;
  const body = (answer.body ?? {}) as { error?: { code?: string; message?: string }; code?: string; message?: string };
  const { code = `HTTP ${answer.status}`, message = answer.text } = body.error ?? body;
  throw refusal(code, message, answer.status === NOT_FOUND ? EXIT_NOT_FOUND : 1);
}

/** az's print of a service error. Source: azure-core HttpResponseError.__str__. */
function refusal(code: string, message: string, exitCode = 1): AzError {
  return new AzError(`(${code}) ${message}\nCode: ${code}\nMessage: ${message}`, exitCode);
}

/** Polls as az does, by Azure-AsyncOperation or else Location; sooner than az, since the service is near. */
async function wait(connection: Connection, answer: Answer, { clock, terminal }: { clock: Clock; terminal: Terminal }): Promise<void> {
  const operation = answer.headers["azure-asyncoperation"];
  const url = operation ?? answer.headers["location"];
  if (url === undefined) return;
  try {
    for (let delayMs = FIRST_POLL_MS; ; delayMs = Math.min(delayMs * 2, MOST_POLL_MS)) {
      const poll = checked(await connection.arm("GET", url));
      if (operation === undefined ? poll.status !== 202 : isDone(poll.body as OperationBody)) return;
      terminal.progress((poll.body as OperationBody | undefined)?.status ?? "Running");
      await clock.sleep(delayMs);
    }
  } finally {
    terminal.clearProgress();
  }
}

interface OperationBody {
  readonly status?: string;
  readonly error?: { readonly code: string; readonly message: string };
}

function isDone({ status, error }: OperationBody): boolean {
  if (status === "Succeeded") return true;
  if (status !== "Failed" && status !== "Canceled") return false;
  throw refusal(error?.code ?? status, error?.message ?? `The operation ended with status ${status}.`);
}
