import { describe, expect, it } from "vitest";
import { ProviderError } from "#arm";
import { type Action, refuseConflict } from "./conflicts.ts";
import type { StoredCluster, StoredPool, Work } from "./documents.ts";

const work = (kind: Work["kind"]): Work => ({ kind, startedMs: 0, operationId: "o" });

function clusterOf(part: Partial<StoredCluster> & { readonly power?: "Running" | "Stopped"; readonly state?: string }): StoredCluster {
  const { power = "Running", state = "Succeeded", ...rest } = part;
  const properties = { provisioningState: state, powerState: { code: power } };
  return { subscriptionId: "s", resourceGroup: "g", name: "c", controlPlane: { version: "1.34.2" }, properties, ...rest } as StoredCluster;
}

function poolOf(part: Partial<StoredPool> & { readonly state?: string }): StoredPool {
  const { state = "Succeeded", ...rest } = part;
  return { name: "two", properties: { provisioningState: state }, ...rest } as StoredPool;
}

/** What may be under way, or have been left, when somebody wants something. */
const SITUATIONS = {
  idle: [clusterOf({}), [poolOf({})]],
  "pool works": [clusterOf({}), [poolOf({ work: { ...work("Scaling"), drains: {} } })]],
  "pool goes": [clusterOf({}), [poolOf({ work: { ...work("Deleting"), drains: {} } })]],
  "autoscaler works": [clusterOf({}), [poolOf({ work: { ...work("Scaling"), drains: {}, autoscaled: "up" } })]],
  "cluster works": [clusterOf({ work: work("Updating") }), [poolOf({})]],
  "cluster goes": [clusterOf({ work: work("Deleting") }), [poolOf({})]],
  "no control plane": [clusterOf({ controlPlane: undefined as never, state: "Failed" }), [poolOf({})]],
  stopped: [clusterOf({ power: "Stopped" }), [poolOf({})]],
  "stop failed": [clusterOf({ power: "Stopped", state: "Failed" }), [poolOf({})]],
  "start canceled": [clusterOf({ power: "Running", state: "Canceled" }), [poolOf({})]],
  "pool failed": [clusterOf({}), [poolOf({ state: "Failed" })]],
  "pool canceled": [clusterOf({}), [poolOf({ state: "Canceled" })]],
} as const satisfies Record<string, readonly [StoredCluster, readonly StoredPool[]]>;

/** `-` goes on; the rest are refusals, see REFUSALS. One letter for each situation, in their order. */
const MATRIX: readonly (readonly [Action, string])[] = [
  //                             idle works goes auto cluster cgoes nocp stop sfail scanc pfail pcanc
  ["putAgentPool", "              -    P     P    -     C      C     N    W     W     -     -     -"],
  ["stopAgentPool", "             -    P     P    -     C      C     N    W     W     -     S     S"],
  ["deleteAgentPool", "           -    -     -    -     E      E     -    W     W     -     -     -"],
  ["deleteMachines", "            -    P     P    -     C      C     N    W     W     -     -     -"],
  ["upgradeNodeImageVersion", "   -    P     P    -     C      C     N    W     W     -     -     -"],
  ["putManagedCluster", "         -    P     P    -     C      C     -    W     W     -     -     -"],
  ["patchManagedCluster", "       -    P     P    -     C      C     -    W     W     -     -     -"],
  ["startManagedCluster", "       W    P     P    W     C      C     N    -     -     -     W     W"],
  ["stopManagedCluster", "        -    P     P    -     C      C     N    W     -     -     -     -"],
  ["rotateClusterCertificates", " -    P     P    -     C      C     N    W     W     -     -     -"],
  ["resetServicePrincipalProfile", " - P     P    -     C      C     N    W     W     -     -     -"],
  ["resetAADProfile", "           -    P     P    -     C      C     N    W     W     -     -     -"],
];

const REFUSALS: Readonly<Record<string, object>> = {
  P: { status: 409, code: "OperationNotAllowed", message: /^Operation is not allowed: Another agentpool operation \(two - / },
  C: {
    status: 409,
    code: "OperationNotAllowed",
    message: /^Operation is not allowed: Another operation \((Updating|Deleting)\) is in progress/,
  },
  E: { status: 409, code: "EtagMismatch", message: /^Failed to save managed cluster c in subscription s, resource group g\./ },
  N: { status: 409, code: "OperationNotAllowed", message: /control plane of managed cluster c has not been created/ },
  W: { status: 400, code: "OperationNotAllowed", message: /^managed cluster is in Provisioning State\(\w+\) and Power State\(\w+\)/ },
  S: { status: 400, code: "OperationNotAllowed", message: /^Operation is not allowed on agent pool two: Its provisioning state is / },
};

function refusalOf(action: Action, situation: keyof typeof SITUATIONS): unknown {
  try {
    refuseConflict(action, ...SITUATIONS[situation]);
    return undefined;
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    const { status, body } = error.response;
    return { status, code: body.code, message: body.message };
  }
}

const cells = MATRIX.flatMap(([action, row]) => {
  const letters = row.trim().split(/\s+/);
  const situations = Object.keys(SITUATIONS) as (keyof typeof SITUATIONS)[];
  expect(letters).toHaveLength(situations.length);
  return situations.map((situation, index) => ({ action, situation, letter: letters[index] ?? "" }));
});

describe("what may be done beside what", () => {
  it.each(cells)("$action while $situation: $letter", ({ action, situation, letter }) => {
    const found = refusalOf(action, situation);
    const expected = REFUSALS[letter] as { message: RegExp } | undefined;
    expect(found).toEqual(expected === undefined ? undefined : { ...expected, message: expect.stringMatching(expected.message) });
  });
});
