import { Command, Option } from "commander";
import { defaultDataDir } from "../address.ts";
import type { ClockFlags } from "./commands.ts";

const HELP = `
Time of the server, when it was started with --clock virtual. It is what everything that Azure and Kubernetes do in time goes by:
operations, upgrades and their soak times, autoscaler, leases, pods, jobs, the activity log. Sign-in, tokens, certificates and how
long calls and watches take stay with this machine's clock.

Examples:
  lido clock advance 10m     everything that falls due in ten minutes happens, in order, now
  lido clock scale 60        an hour takes a minute
  lido clock pause           time stands still, until lido clock resume`;

/** Adds `lido clock show|pause|resume|advance|scale`. */
export function addClock(program: Command, done: (code: number) => void): void {
  const clock = program.command("clock").description("show and steer the server's virtual time").addHelpText("after", HELP);
  const on = (words: string, description: string): Command =>
    clock
      .command(words)
      .description(description)
      .addOption(new Option("--data-dir <dir>", "folder of the server").default(defaultDataDir()))
      .option("--json", "as JSON");
  const commands = async () => await import("./commands.ts");
  on("show", "say what time it is, and how it goes").action(async (flags: ClockFlags) =>
    done(await (await commands()).runClockShow(flags)),
  );
  on("pause", "let time stand still").action(async (flags: ClockFlags) => done(await (await commands()).runClockPause(flags)));
  on("resume", "let time go on").action(async (flags: ClockFlags) => done(await (await commands()).runClockResume(flags)));
  on("advance <duration>", "move time on by 90s, 15m, 2h or 1d: what falls due happens, in order").action(
    async (text: string, flags: ClockFlags) => done(await (await commands()).runClockAdvance(text, flags)),
  );
  on("scale <factor>", "let time go so many times as fast as this machine's: 60 makes an hour a minute").action(
    async (text: string, flags: ClockFlags) => done(await (await commands()).runClockScale(text, flags)),
  );
}
