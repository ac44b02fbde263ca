import { resolve } from "node:path";
import { systemClock } from "#lib";
import { commandName, envCommand, readAddress } from "../address.ts";
import { checkAz, checkKubectl } from "./client-checks.ts";
import { type Finding, findingsJson, findingsText, isHealthy } from "./finding.ts";
import { type Machine, thisMachine } from "./machine.ts";
import { checkDataDirectory, checkServer, type ServerPlace } from "./server-checks.ts";
import { checkShell } from "./shell-checks.ts";

/** `lido doctor`: says what is wrong between this shell's clients and the server, and how to mend it. Exit code 1 when anything fails. */
export async function runDoctor({ dataDir, json }: { readonly dataDir: string; readonly json?: true }): Promise<number> {
  const folder = resolve(dataDir);
  const findings = await examine(
    thisMachine(() => systemClock.now()),
    { dataDir: folder, address: readAddress(folder), lido: commandName() },
  );
  process.stdout.write(json ? findingsJson(findings) : findingsText(findings, process.stdout.isTTY));
  return isHealthy(findings) ? 0 : 1;
}

/** Everything that is looked at, in the order in which it matters. */
export async function examine(machine: Machine, place: ServerPlace): Promise<readonly Finding[]> {
  const [server, az, kubectl] = await Promise.all([checkServer(machine, place), checkAz(machine, place), checkKubectl(machine)]);
  const shell = place.address === undefined ? [] : checkShell(machine, place.address, envCommand(place.dataDir));
  return [...server, checkDataDirectory(machine, place), ...shell, ...az, kubectl];
}
