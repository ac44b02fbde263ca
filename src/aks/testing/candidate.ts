import { expect } from "vitest";
import { ProviderError } from "#arm";
import type { AgentPoolProperties, ManagedClusterProperties } from "#api/containerservice/model";
import { type Candidate, firstRefusal } from "../agentpools/rules/candidate.ts";
import { changeRules } from "../agentpools/rules/change.ts";
import { shapeRules } from "../agentpools/rules/shape.ts";
import { generations } from "../generations/index.ts";

export const SUBSCRIPTION = "19da35d3-9a1a-4f3b-9b9c-3c56ef409565";

const base: AgentPoolProperties = {
  count: 2,
  vmSize: "Standard_D4s_v3",
  osDiskSizeGB: 128,
  osDiskType: "Managed",
  maxPods: 110,
  osType: "Linux",
  osSKU: "Ubuntu",
  type: "VirtualMachineScaleSets",
  mode: "User",
  orchestratorVersion: "1.34.2",
  provisioningState: "Creating",
  powerState: { code: "Running" },
};

/** What differs from a fitting user pool of today. */
export interface Setting {
  readonly properties?: Readonly<Record<string, unknown>>;
  /** What is stored; a new pool when absent. */
  readonly stored?: Readonly<Record<string, unknown>>;
  readonly network?: Readonly<Record<string, unknown>>;
  readonly others?: readonly Readonly<Record<string, unknown>>[];
  readonly machines?: readonly Readonly<Record<string, unknown>>[];
  readonly apiVersion?: string;
  readonly origin?: Candidate["origin"];
}

/** A pool as the rules look at it. */
export function candidate({
  properties = {},
  stored,
  network = {},
  others = [],
  machines = [],
  apiVersion = "2026-04-01",
  origin = "agentPool",
}: Setting): Candidate {
  const clusterProperties = {
    networkProfile: {
      networkPlugin: "azure",
      networkPluginMode: "overlay",
      loadBalancerSku: "standard",
      outboundType: "loadBalancer",
      ...network,
    },
    windowsProfile: {},
  } as unknown as ManagedClusterProperties;
  return {
    name: "two",
    apiVersion,
    origin,
    newestImage: "AKSUbuntu-2204gen2containerd-202607.09.0",
    sent: properties,
    wanted: { ...base, ...stored, ...properties },
    stored: stored === undefined ? undefined : { ...base, ...stored },
    cluster: {
      subscriptionId: SUBSCRIPTION,
      name: "c",
      resourceGroup: "g",
      location: "eastus",
      version: "1.34.2",
      properties: clusterProperties,
      multiplePools: true,
    },
    generation: generations.current,
    others: others.map((pool, index) => ({ name: `pool${index}`, properties: { ...base, ...pool } })),
    machines: machines.map((machine) => ({ ...base, ...machine })),
  };
}

/** What a rule refuses a setting with; `fits` when none does. */
export type Verdict = { readonly code?: unknown; readonly target?: unknown; readonly message?: unknown } | "fits";

/** A setting and what is expected of it. */
export interface Row extends Setting {
  readonly name: string;
  readonly code: string;
  readonly target?: string;
  readonly message?: RegExp | string;
}

/** The first refusal of the rules of shape and change. */
export function verdict(setting: Setting): Verdict {
  const refusal = firstRefusal(candidate(setting), [...shapeRules, ...changeRules]);
  if (refusal === undefined) return "fits";
  if (!(refusal instanceof ProviderError)) throw refusal;
  expect(refusal.response.status).toBe(400);
  return refusal.response.body;
}

/** Expects that the rules refuse the row's setting as it says. */
export function expectRefusal({ name: _name, code, target, message, ...setting }: Row): void {
  const expected = { code, ...(target !== undefined && { target }) };
  expect(verdict(setting)).toMatchObject({
    ...expected,
    ...(message !== undefined && { message: message instanceof RegExp ? expect.stringMatching(message) : message }),
  });
}

/** The settings of a Windows pool. */
export function windows(properties: object, rest: Setting = {}): Setting {
  return { ...rest, properties: { osType: "Windows", osSKU: "Windows2022", ...properties } };
}
