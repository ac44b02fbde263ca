import { spawn } from "node:child_process";
import { join } from "node:path";
import type { Clock } from "#lib";
import type { Connection } from "../connection.ts";

/** What a command left behind. */
export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A claim of the article that did not hold. */
export class BrokenClaim extends Error {
  constructor(claim: string, found: string) {
    super(`The article says: ${claim}\nBut: ${found}`);
  }
}

/** Walks through the article: runs commands in a folder of its own, shows them, and holds claims against what came out. */
export interface Guide {
  heading(text: string): void;
  note(text: string): void;
  /** Runs `az …` or `kubectl …`, written as in a shell; words with blanks are quoted. @throws {BrokenClaim} when it fails. */
  run(command: string): Promise<Outcome>;
  /** Runs a command that must be refused, and checks that its message holds `text`. */
  refused(command: string, text: string): Promise<void>;
  /** Holds a claim. @throws {BrokenClaim} with what was found instead. */
  claim(claim: string, holds: boolean, found: string): void;
  /** Holds that a text is exactly as the article prints it, line ends apart. */
  claimText(claim: string, expected: string, found: string): void;
  /** GETs an ARM path below the subscription until `done` holds. @throws {BrokenClaim} after {@link PATIENCE_MS}. */
  until(claim: string, path: string, done: (status: number, body: unknown) => boolean): Promise<unknown>;
  readonly claims: number;
}

export interface GuideParts {
  readonly connection: Connection;
  readonly clock: Clock;
  /** Folder that commands run in, with the article's files. */
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly kubectl: string;
  readonly out: (text: string) => void;
}

export const PATIENCE_MS = 30_000;
const POLL_MS = 50;

const STYLE = process.stdout.isTTY
  ? { bold: "\u001B[1m", dim: "\u001B[2m", green: "\u001B[32m", end: "\u001B[0m" }
  : { bold: "", dim: "", green: "", end: "" };

export function createGuide(parts: GuideParts): Guide {
  let claims = 0;
  const { out, clock, connection } = parts;
  function claim(text: string, holds: boolean, found: string): void {
    if (!holds) throw new BrokenClaim(text, found);
    claims++;
    out(`${STYLE.green}  ✓ ${text}${STYLE.end}\n`);
  }
  async function show(command: string): Promise<Outcome> {
    out(`\n${STYLE.bold}$ ${command}${STYLE.end}\n`);
    const outcome = await execute(command, parts);
    out(outcome.stderr + outcome.stdout);
    return outcome;
  }
  return {
    heading: (text) => out(`\n${STYLE.bold}── ${text} ──${STYLE.end}\n`),
    note: (text) => out(`${STYLE.dim}  ${text}${STYLE.end}\n`),
    claim,
    get claims() {
      return claims;
    },
    async run(command) {
      const outcome = await show(command);
      if (outcome.exitCode !== 0) throw new BrokenClaim(`"${command}" works`, `it ended with ${outcome.exitCode}: ${outcome.stderr}`);
      return outcome;
    },
    async refused(command, text) {
      const { exitCode, stderr } = await show(command);
      claim(`this is refused: ${text}`, exitCode !== 0 && stderr.includes(text), `exit code ${exitCode}, ${stderr}`);
    },
    claimText(text, expected, found) {
      const trimmed = found.trimEnd();
      claim(text, trimmed === expected.trimEnd(), `expected\n${expected}\nfound\n${trimmed}`);
    },
    async until(text, path, done) {
      const end = clock.now() + PATIENCE_MS;
      for (;;) {
        const answer = await connection.arm("GET", `/subscriptions/${connection.address.subscriptionId}${path}`);
        if (done(answer.status, answer.body)) {
          claim(text, true, "");
          return answer.body;
        }
        if (clock.now() > end) throw new BrokenClaim(text, `after ${PATIENCE_MS / 1000} s: ${answer.status} ${answer.text}`);
        await clock.sleep(POLL_MS);
      }
    },
  };
}

function execute(command: string, { folder, environment, kubectl }: GuideParts): Promise<Outcome> {
  const [program = "", ...args] = splitWords(command);
  const isAz = program === "az";
  const script = process.argv[1] ?? "";
  const child = spawn(isAz ? process.execPath : kubectl, isAz ? [join(script), "az", ...args] : args, {
    cwd: folder,
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
  return new Promise((resolve, reject) => {
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.on("error", reject);
    child.on("close", (code) => resolve({ exitCode: code ?? 1, stdout, stderr }));
  });
}

/** Words as a POSIX shell would split them, with double and single quotes. */
export function splitWords(command: string): string[] {
  return [...command.matchAll(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g)].map(([word]) => word.replaceAll(/"([^"]*)"|'([^']*)'/g, "$1$2"));
}
