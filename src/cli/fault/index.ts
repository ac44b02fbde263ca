import { Command, Option } from "commander";
import { FAULT_PHASES } from "#api/faults";
import { defaultDataDir } from "../address.ts";
import type { FaultFlags } from "./spec.ts";

const HELP = `
Faults of calls to Azure Resource Manager:
  respond       answers with --status, --code and --message, and --retry-after
  throttle      answers 429 in the words of who is called, with --retry-after
  delay         answers later, --by 30s
  hang, drop    never answers; breaks the connection
With --afterwards the call is carried out first, and its answer is another one, late or lost.

Faults of machines:
  allocation-failed, zonal-allocation-failed, overconstrained-allocation, sku-not-available, quota-exceeded
                    there is no capacity, or no quota, for machines that are made or started
  slow-boot         boots take longer, --by 10m
  node-never-ready  the node registers and is not Ready, until its machine boots anew
  kubelet-lost      the kubelet of a machine that runs goes silent, until its machine boots anew
  spot-eviction     a spot machine that runs is evicted

Examples:
  lido fault add allocation-failed --nodepool gpu* --count 1
  lido fault add respond --method PUT --status 500 --code InternalServerError --rate 10% --seed 7
  lido fault add throttle --cluster-name myAKSCluster --retry-after 30s --expires-in 5m
  lido fault add drop --operation Microsoft.ContainerService/managedClusters/agentPools/write --afterwards --count 1
  lido fault add kubelet-lost --node aks-nodepool1-12345678-vmss000000 --count 1
  lido fault add spot-eviction --nodepool spot --rate 50%
  lido fault list
  lido fault remove 1`;

/** Adds `lido fault add|list|remove`. */
export function addFault(program: Command, done: (code: number) => void): void {
  const fault = program.command("fault").description("let chosen calls and machines go wrong").addHelpText("after", HELP);
  const on = (words: string, description: string): Command =>
    fault
      .command(words)
      .description(description)
      .addOption(new Option("--data-dir <dir>", "folder of the server").default(defaultDataDir()));
  addAdd(on("add <kind>", "let something go wrong from now on").addHelpText("after", HELP), done);
  on("list", "show what goes wrong, and how often it has")
    .option("--json", "as JSON")
    .action(async (flags: FaultFlags) => done(await (await import("./commands.ts")).runFaultList(flags)));
  on("remove [ids...]", "let it go right again; what has been struck stays as it is")
    .option("--all", "all faults")
    .action(async (ids: readonly string[], flags: { dataDir: string; all?: true }) =>
      done(await (await import("./commands.ts")).runFaultRemove(ids, flags)),
    );
}

function addAdd(command: Command, done: (code: number) => void): void {
  command
    .option("-g, --resource-group <name>", "what happens in this group; * stands for any text, here and below")
    .option("--subscription <id>", "what happens in this subscription")
    .option("--cluster-name <name>", "what happens to this cluster")
    .option("--nodepool <name>", "what happens to this pool")
    .option("--node <name>", "what happens to this node")
    .addOption(new Option("--phase <phase>", "how machines come to boot").choices([...FAULT_PHASES]))
    .option("--method <method>", "calls with this method")
    .option("--path <path>", "calls with this path")
    .option("--operation <action>", "calls that do this: Microsoft.ContainerService/managedClusters/agentPools/write")
    .option("--rate <share>", "share that is struck: 0.25 or 25%; all when left out")
    .option("--count <n>", "strike so many times, then no more")
    .option("--seed <n>", "what the share is drawn from: the same seed strikes the same")
    .option("--expires-in <duration>", "end by itself after 90s, 15m, 2h or 1d")
    .option("--status <code>", "respond: HTTP status, 400 to 599")
    .option("--code <code>", "respond: the error's code")
    .option("--message <text>", "respond: the error's message")
    .option("--retry-after <duration>", "respond, throttle: when the caller may try again")
    .option("--by <duration>", "delay, slow-boot: how much longer it takes")
    .option("--afterwards", "respond, delay, hang, drop: once the call has been carried out")
    .option("--json", "print the rule as JSON")
    .action(async (kind: string, flags: FaultFlags) => done(await (await import("./commands.ts")).runFaultAdd(kind, flags)));
}
