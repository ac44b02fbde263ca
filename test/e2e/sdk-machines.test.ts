import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Lido, startLido } from "../support/lido.ts";
import { isFetched, SDK_FOLDER, titled, toldBy } from "../support/sdk.ts";

const isThere = isFetched("node_modules");

describe.skipIf(!isThere)(titled("today's SDK for JavaScript", isThere), () => {
  let lido: Lido;
  beforeAll(async () => void (lido = await startLido("--memory", "--speed", "fast")));
  afterAll(() => lido.kill("SIGKILL"));

  it(
    "reads and deletes machines, upgrades an image, takes a snapshot and makes a pool of it, and keeps maintenance windows",
    { timeout: 120_000 },
    async () => {
      const answers = await toldBy(lido, [process.execPath, join(SDK_FOLDER, "machines.mjs")]);
      const set = (answers.machines as string[])[0]?.slice(0, -6) ?? "";
      expect(set).toMatch(/^aks-userpool-\d{8}-vmss$/);
      expect(answers).toMatchObject({
        machines: [`${set}000000`, `${set}000001`, `${set}000002`],
        machine: {
          name: `${set}000000`,
          properties: {
            network: { ipAddresses: [{ family: "IPv4" }] },
            resourceId: expect.stringContaining(`/virtualMachineScaleSets/${set}/virtualMachines/0`) as string,
          },
        },
        "machines left": [`${set}000000`, `${set}000002`],
        "upgraded image": "Succeeded",
        snapshot: {
          snapshotType: "NodePool",
          kubernetesVersion: "1.33.2",
          vmSize: "Standard_D2s_v3",
          systemData: { createdByType: "Application" },
        },
        "tagged snapshot": { a: "b" },
        snapshots: ["snap"],
        "pool of it": { sourceResourceId: answers.snapshot.id as string },
        "no snapshot": { status: 404, code: "ResourceNotFound" },
        windows: [["default", [{ day: "Monday", hourSlots: [1, 2] }]]],
        "no window": { status: 404, code: "NotFound" },
      });
    },
  );
});
