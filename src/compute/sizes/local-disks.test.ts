import { expect, test } from "vitest";
import { localDisks } from "./local-disks.ts";
import { vmSize } from "./sizes.ts";

test.each([
  // What the refusal of AKS says of it. Source: Azure/azure-cli#28719.
  ["Standard_DS2_v2", { nvme: 0, cache: 92_341_796_864, temporary: 15_032_385_536 }],
  ["Standard_DS3_v2", { nvme: 0, cache: 172 * 1024 ** 3, temporary: 28 * 1024 ** 3 }],
  ["Standard_D8s_v3", { nvme: 0, cache: 200 * 1024 ** 3, temporary: 64 * 1024 ** 3 }],
  ["Standard_D8pds_v5", { nvme: 0, cache: 200 * 1024 ** 3, temporary: 300 * 1024 ** 3 }],
  ["Standard_D4ads_v5", { nvme: 0, cache: 0, temporary: 150 * 1024 ** 3 }],
  ["Standard_D4s_v5", { nvme: 0, cache: 0, temporary: 0 }],
  ["Standard_D2_v2", { nvme: 0, cache: 0, temporary: 0 }],
  ["Standard_D128ds_v6", { nvme: 7_208_960 * 1024 ** 2, cache: 0, temporary: 0 }],
])("the disks on the host of a %s", (name, expected) => {
  const size = vmSize(name);
  expect(size === undefined ? undefined : localDisks(size)).toEqual(expected);
});
