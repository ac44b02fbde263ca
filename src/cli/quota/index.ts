import { Command, Option } from "commander";
import { defaultDataDir } from "../address.ts";
import type { QuotaFlags } from "./commands.ts";

const HELP = `
Names are those of az vm list-usage: cores, lowPriorityCores, standardDSv2Family. A limit holds for machines that are made or
started from then on; those that run stay.

Examples:
  lido quota list --location eastus
  lido quota set cores 10 --location eastus
  lido quota set standardDSv2Family 4 --location "East US"
  lido quota set cores default --location eastus`;

/** Adds `lido quota list|set`. */
export function addQuota(program: Command, done: (code: number) => void): void {
  const quota = program.command("quota").description("say how many cores machines may have").addHelpText("after", HELP);
  const on = (words: string, description: string): Command =>
    quota
      .command(words)
      .description(description)
      .requiredOption("-l, --location <region>", "the region")
      .option("--subscription <id>", "the subscription; the default one when left out")
      .option("--json", "as JSON")
      .addOption(new Option("--data-dir <dir>", "folder of the server").default(defaultDataDir()));
  on("list", "show cores in use, and limits that have been set")
    .option("--all", "families of which nothing is in use too")
    .action(async (flags: QuotaFlags) => done(await (await import("./commands.ts")).runQuotaList(flags)));
  on("set <name> <limit>", "let there be no more cores; default takes that back")
    .addHelpText("after", HELP)
    .action(async (name: string, limit: string, flags: QuotaFlags) =>
      done(await (await import("./commands.ts")).runQuotaSet(name, limit, flags)),
    );
}
