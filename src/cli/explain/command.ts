import { type Command, Option } from "commander";
import type { ExplainFlags } from "./index.ts";

/** Adds the arguments and flags of `explain` to its command. @param done gets the exit code. */
export function addExplain(command: Command, done: (code: number) => void): void {
  command
    .argument("<kind>", "pod")
    .argument("<name>")
    .option("-n, --namespace <namespace>", "namespace of the pod", "default")
    .option("--cluster <name>", "the cluster, if there are several")
    .option("-g, --resource-group <group>", "resource group of the cluster")
    .addOption(new Option("-o, --output <format>", "how the answer is written").choices(["table", "json"]).default("table"))
    .action(async (kind: string, name: string, flags: ExplainFlags) => {
      done(await (await import("./index.ts")).runExplain(kind, name, flags));
    });
}
