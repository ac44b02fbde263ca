import { CLOCK_PATH, type ClockAdvance, type ClockScale, type ClockView } from "#api/clock";
import { accepted, prettyJson, withServer } from "../ask.ts";
import type { Answer, Connection } from "../connection.ts";
import { parseDuration } from "../duration.ts";
import { CliError } from "../errors.ts";
import { clockText } from "./text.ts";

/** Options of `lido clock …`. */
export interface ClockFlags {
  readonly dataDir: string;
  readonly json?: true;
}

/** What an advance that goes on after this call answers. */
const LATE = 503;

/** `lido clock show`. */
export function runClockShow(flags: ClockFlags): Promise<number> {
  return run(flags, (connection) => connection.arm("GET", CLOCK_PATH));
}

/** `lido clock pause`. */
export function runClockPause(flags: ClockFlags): Promise<number> {
  return run(flags, (connection) => connection.arm("POST", `${CLOCK_PATH}/pause`));
}

/** `lido clock resume`. */
export function runClockResume(flags: ClockFlags): Promise<number> {
  return run(flags, (connection) => connection.arm("POST", `${CLOCK_PATH}/resume`));
}

/** `lido clock scale`: a number, `60` or `60x`. @throws {CliError} 2 for another text. */
export async function runClockScale(text: string, flags: ClockFlags): Promise<number> {
  const [, digits] = /^(\d{1,6}(?:\.\d{1,6})?)x?$/.exec(text) ?? [];
  if (digits === undefined) throw new CliError(`lido clock scale takes a number like 60, not "${text}".`, 2);
  const body: ClockScale = { factor: Number(digits) };
  return await run(flags, (connection) => connection.arm("POST", `${CLOCK_PATH}/scale`, body));
}

/** `lido clock advance`: in as many calls as it takes. @throws {CliError} 2 for a text that is no duration. */
export async function runClockAdvance(text: string, flags: ClockFlags): Promise<number> {
  const seconds = parseDuration("lido clock advance", text);
  return await run(flags, (connection) => advance(connection, seconds));
}

/** Moves time on, in as many calls as it takes; the last answer. @throws {CliError} when time cannot be shown. */
export async function advance(connection: Pick<Connection, "arm">, seconds: number): Promise<Answer> {
  const nowMs = async (): Promise<number> => Date.parse((accepted(await connection.arm("GET", CLOCK_PATH)).body as ClockView).now);
  const endMs = (await nowMs()) + seconds * 1000;
  const post = (body: ClockAdvance): Promise<Answer> => connection.arm("POST", `${CLOCK_PATH}/advance`, body);
  let answer = await post({ seconds });
  while (answer.status === LATE) {
    const leftSeconds = (endMs - (await nowMs())) / 1000;
    answer = await (leftSeconds > 0 ? post({ seconds: leftSeconds }) : connection.arm("GET", CLOCK_PATH));
  }
  return answer;
}

async function run({ dataDir, json }: ClockFlags, ask: (connection: Connection) => Promise<Answer>): Promise<number> {
  const view = accepted(await withServer(dataDir, ask)).body as ClockView;
  process.stdout.write(json ? prettyJson(view) : `${clockText(view)}\n`);
  return 0;
}
