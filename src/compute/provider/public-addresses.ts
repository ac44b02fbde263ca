import { guidOf } from "#arm";
import type { Instance, ScaleSet } from "../compute.ts";
import { vmIdOf } from "./machine-ids.ts";
import { PUBLIC_ADDRESS, PUBLIC_IDLE_MINUTES, scaleSetResourceId } from "./scale-set-view.ts";

/**
 * The public addresses of a scale set's machines, as `az vmss list-instance-public-ips` lists them.
 * Source: Azure/azure-rest-api-specs specification/network, examples/VmssPublicIpListAll.json.
 */
export function publicAddressViews(set: ScaleSet, instances: readonly Instance[]): readonly Record<string, unknown>[] {
  return instances.flatMap((instance) => (instance.publicIp === undefined ? [] : [publicAddressView(set, instance, instance.publicIp)]));
}

function publicAddressView(set: ScaleSet, instance: Instance, ipAddress: string): Record<string, unknown> {
  const machine = `${scaleSetResourceId(set)}/virtualMachines/${instance.id}`;
  const configuration = `${machine}/networkInterfaces/${set.name}/ipConfigurations/ipconfig1`;
  const resourceGuid = guidOf(`${vmIdOf(set, instance)} ${ipAddress}`);
  const tags = set.publicAddresses?.tags ?? [];
  return {
    name: PUBLIC_ADDRESS,
    id: `${configuration}/publicIPAddresses/${PUBLIC_ADDRESS}`,
    etag: `W/"${resourceGuid}"`,
    ...(instance.zone !== undefined && { zones: [instance.zone] }),
    properties: {
      provisioningState: "Succeeded",
      resourceGuid,
      ipAddress,
      publicIPAddressVersion: "IPv4",
      publicIPAllocationMethod: "Static",
      idleTimeoutInMinutes: PUBLIC_IDLE_MINUTES,
      ipTags: tags.map(({ type, tag }) => ({ ipTagType: type, tag })),
      ipConfiguration: { id: configuration },
    },
  };
}
