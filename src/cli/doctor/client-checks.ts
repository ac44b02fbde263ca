import { closeSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { fail, type Finding, ok, warn } from "./finding.ts";
import type { Machine } from "./machine.ts";

/** The oldest az and kubectl that are tested. */
const OLDEST_AZ = [2, 45] as const;
const OLDEST_KUBECTL = [1, 20] as const;
/** az's `nodepool upgrade --kubernetes-version` fails in this version. Source: Azure/azure-cli issue 25521. */
const BROKEN_AZ = "2.45.0";
const PREVIEW = "aks-preview";

/** The az on PATH: there, not too old, able to install extensions. */
export async function checkAz(
  machine: Machine,
  { lido, dataDir }: { readonly lido: string; readonly dataDir: string },
): Promise<readonly Finding[]> {
  const path = machine.find("az");
  if (path === undefined)
    return [warn("az", "There is none on PATH.", `"${lido} az" speaks its grammar; or install it: https://aka.ms/installazurecli`)];
  const text = await runVersion(machine, path, join(dataDir, "azure"));
  const installed = parse(text);
  const version = installed?.["azure-cli"];
  if (typeof version !== "string") return [fail("az", `${path} does not run: "az version" failed.`, "az version, to see why")];
  const extensions = (installed?.["extensions"] ?? {}) as Readonly<Record<string, unknown>>;
  return [judgeAz(version, path, PREVIEW in extensions), ...(await checkPip(machine, path))];
}

/** `az version`, with Lido's configuration where there is one: az writes to its folder, and the user's own is not touched. */
async function runVersion(machine: Machine, az: string, configuration: string): Promise<string | undefined> {
  const run = (folder: string): Promise<string | undefined> =>
    machine.run(az, ["version", "--output", "json"], {
      AZURE_CONFIG_DIR: folder,
      AZURE_EXTENSION_DIR: join(folder, "cliextensions"),
      AZURE_CORE_COLLECT_TELEMETRY: "false",
    });
  return machine.stat(configuration) === undefined ? await machine.withFolder(run) : await run(configuration);
}

function judgeAz(version: string, path: string, hasPreview: boolean): Finding {
  if (isOlder(version, OLDEST_AZ)) return warn("az", `${version} (${path}) is older than 2.45, the oldest that is tested.`, "az upgrade");
  if (version === BROKEN_AZ && !hasPreview) {
    const message = `In ${version} (${path}) "az aks nodepool upgrade --kubernetes-version" is broken by itself.`;
    return warn("az", message, `az extension add --name ${PREVIEW} mends it; or az upgrade`);
  }
  return ok("az", `${version} (${path})${hasPreview ? `, with ${PREVIEW}` : ""}.`);
}

/** `az extension add` runs pip in az's own Python. */
async function checkPip(machine: Machine, az: string): Promise<readonly Finding[]> {
  const python = pythonOf(az);
  if (python === undefined) return [];
  const pip = await machine.run(python, ["-m", "pip", "--version"]);
  if (pip !== undefined) return [ok("pip", "az can install extensions.")];
  const mend =
    machine.platform === "linux" ? "sudo apt-get install python3-pip, or your system's package of that name" : `${python} -m ensurepip`;
  return [warn("pip", `az's Python (${python}) has no pip, so "az extension add" fails.`, mend)];
}

/** The interpreter that an az is started with: its first line, or the first one that a shell script names. */
export function pythonOf(az: string): string | undefined {
  const text = readStart(az);
  return /^#! ?(\/\S*python[\d.]*)\s/.exec(text)?.[1] ?? /^#!.*sh\b[\s\S]*?(\/[^\s"']*\/python[\d.]*)[\s"']/.exec(text)?.[1];
}

const START_BYTES = 4096;

function readStart(path: string): string {
  const file = openSync(path, "r");
  try {
    const buffer = Buffer.alloc(START_BYTES);
    return buffer.toString("utf8", 0, readSync(file, buffer));
  } finally {
    closeSync(file);
  }
}

/** The kubectl on PATH. */
export async function checkKubectl(machine: Machine): Promise<Finding> {
  const path = machine.find("kubectl");
  if (path === undefined) return warn("kubectl", "There is none on PATH.", "install it: https://kubernetes.io/docs/tasks/tools/");
  const text = await machine.run(path, ["version", "--client", "--output", "json"]);
  const client = parse(text)?.["clientVersion"] as { readonly gitVersion?: string } | undefined;
  const version = client?.gitVersion?.replace(/^v/, "");
  if (version === undefined)
    return fail("kubectl", `${path} does not run: "kubectl version --client" failed.`, "kubectl version --client, to see why");
  if (isOlder(version, OLDEST_KUBECTL))
    return warn("kubectl", `${version} (${path}) is older than 1.20, the oldest that is tested.`, "install a newer one");
  return ok("kubectl", `${version} (${path}).`);
}

function isOlder(version: string, [major, minor]: readonly [number, number]): boolean {
  const [itsMajor = 0, itsMinor = 0] = version.split(".").map((part) => Number.parseInt(part, 10));
  return itsMajor < major || (itsMajor === major && itsMinor < minor);
}

function parse(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text ?? "");
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
