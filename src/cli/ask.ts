import { requireAddress } from "./address.ts";
import { type Answer, type Connection, openConnection } from "./connection.ts";
import { CliError } from "./errors.ts";

const NOT_FOUND = 3;

/** The server of a folder asked by way of a connection that is closed afterwards. @throws {CliError} when none runs. */
export async function withServer<T>(dataDir: string, ask: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = openConnection(requireAddress(dataDir));
  try {
    return await ask(connection);
  } finally {
    connection.close();
  }
}

/** The answer, when it is a good one. @throws {CliError} with what the server says, 3 for what is not there. */
export function accepted(answer: Answer): Answer {
  if (answer.status < 400) return answer;
  const { error } = (answer.body ?? {}) as { readonly error?: { readonly message?: string } };
  throw new CliError(error?.message ?? `The server answered ${answer.status}.`, answer.status === 404 ? NOT_FOUND : 1);
}

/** One call that has to be accepted. @throws {CliError} when no server runs, and as {@link accepted} does. */
export async function asked(dataDir: string, ask: (connection: Connection) => Promise<Answer>): Promise<Answer> {
  return await withServer(dataDir, async (connection) => accepted(await ask(connection)));
}

/** A value as people and programs read it. */
export function prettyJson(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
