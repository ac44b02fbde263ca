import { describe, expect, it } from "vitest";
import { type Patient, planRepair, type Repair, type RepairStep } from "./repair-plan.ts";

const PERIOD = 300;
const sick = (more: Partial<Patient> = {}): Patient => ({
  name: "n0",
  id: 0,
  boot: 1,
  runs: true,
  ready: false,
  sinceMs: 1000,
  exempt: false,
  ...more,
});
const plan = (patients: readonly Patient[], nowMs = 2000, osType: "Linux" | "Windows" = "Linux"): RepairStep =>
  planRepair(patients, { osType, nowMs, periodMs: PERIOD });
const ended = (actions: number): Repair => ({ actions, boot: 1, ended: true });

describe("planRepair", () => {
  it.each([
    { name: "leaves healthy nodes alone", patients: [sick({ ready: true })], step: { kind: "wait" } },
    { name: "leaves nodes alone that were never healthy", patients: [sick({ exempt: true })], step: { kind: "wait" } },
    { name: "leaves machines alone that do not run", patients: [sick({ runs: false })], step: { kind: "wait" } },
    {
      name: "waits until the node has been unhealthy for its time",
      patients: [sick()],
      nowMs: 1299,
      step: { kind: "wait", untilMs: 1300 },
    },
    { name: "reboots first", patients: [sick()], nowMs: 1300, step: { kind: "begin", action: "reboot" } },
    { name: "reimages next", patients: [sick({ repair: ended(1) })], step: { kind: "begin", action: "reimage" } },
    { name: "redeploys then", patients: [sick({ repair: ended(2) })], step: { kind: "begin", action: "redeploy" } },
    { name: "begins the next round", patients: [sick({ repair: ended(3) })], step: { kind: "begin", action: "reboot" } },
    { name: "gives up after three rounds", patients: [sick({ repair: ended(9) })], step: { kind: "wait" } },
    {
      name: "never redeploys Windows",
      patients: [sick({ repair: ended(2) })],
      osType: "Windows",
      step: { kind: "begin", action: "reboot" },
    },
    { name: "gives Windows up after three rounds", patients: [sick({ repair: ended(6) })], osType: "Windows", step: { kind: "wait" } },
    { name: "does what was begun", patients: [sick({ repair: { actions: 2, boot: 1 } })], step: { kind: "act", action: "reimage" } },
    {
      name: "waits while the machine boots",
      patients: [sick({ runs: false, boot: 2, repair: { actions: 1, boot: 1 } })],
      step: { kind: "wait" },
    },
    {
      name: "notes the end of the boot",
      patients: [sick({ boot: 2, repair: { actions: 1, boot: 1 } })],
      step: { kind: "end", action: "reboot" },
    },
    {
      name: "forgets a node that is well again",
      patients: [sick({ ready: true, repair: ended(1) })],
      step: { kind: "forget", names: ["n0"] },
    },
    {
      name: "repairs one node at a time",
      patients: [sick(), sick({ name: "n1", runs: false, boot: 2, repair: { actions: 1, boot: 1 } })],
      step: { kind: "wait" },
    },
    {
      name: "takes the one first that is unhealthy longest",
      patients: [sick(), sick({ name: "n1", sinceMs: 900 })],
      step: { kind: "begin", patient: { name: "n1" } },
    },
  ] as const)("$name", ({ patients, step, ...at }) => {
    expect(plan(patients, "nowMs" in at ? at.nowMs : 2000, "osType" in at ? at.osType : "Linux")).toMatchObject(step);
  });
});
