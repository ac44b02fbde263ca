import type { VirtualClock } from "#lib";
import type { AzContext } from "../client.ts";
import type { AzCommand } from "../command.ts";
import { type AzArgs, AzError, parseOptions } from "../grammar.ts";
import type { Row } from "../table.ts";

/** A call that a command has made. */
export interface Made {
  readonly call: string;
  readonly apiVersion: string;
  readonly body?: unknown;
}

export interface Trial {
  readonly result: unknown;
  readonly table: readonly Row[] | undefined;
  readonly made: readonly Made[];
  readonly said: readonly string[];
}

/**
 * Runs a command line against answers. @param answer the body for a call, `GET …/agentPools/p`; undefined is a 404.
 * @throws {AzError} as the command does.
 */
export async function tryOut(
  commands: readonly AzCommand[],
  line: string,
  { answer, clock }: { readonly answer: (call: string) => unknown; readonly clock: VirtualClock },
): Promise<Trial> {
  const made: Made[] = [];
  const said: string[] = [];
  const terminal = { canAsk: false, ask: async () => "", progress: () => undefined, clearProgress: () => undefined };
  const context: AzContext = {
    subscriptionId: "s",
    clock,
    terminal: { ...terminal, say: (text) => void said.push(text) },
    async call(method, path, apiVersion, body) {
      const call = `${method} ${path.replace("/resourceGroups/g/providers/Microsoft.ContainerService/", "")}`;
      made.push({ call, apiVersion, ...(body !== undefined && { body }) });
      const answered = answer(call);
      if (answered === undefined) throw new AzError("(NotFound) it is not there", 3);
      return { status: 200, headers: {}, text: "", body: answered };
    },
    listSubscriptions: async () => [],
    wait: async () => undefined,
  };
  const [command] = commands.filter(({ words }) => `${line} `.startsWith(`${words} `)).sort((a, b) => b.words.length - a.words.length);
  if (command === undefined) throw new Error(`no command: ${line}`);
  const words = line.slice(command.words.length + 1).match(/'[^']*'|\S+/g) ?? [];
  const args: AzArgs = parseOptions(
    words.map((word) => word.replaceAll("'", "")),
    command.options,
  );
  const result = await command.run(context, args);
  return { result, table: result === undefined ? undefined : command.table?.(result), made, said };
}
