import type { AddressRange } from "#api/addresses";
import type { Compute, Instance, ScaleSetKey } from "./compute.ts";
import { instanceId } from "./instance.ts";
import type { Parts } from "./parts.ts";

type Want = Parameters<Compute["addPodAddresses"]>[2] & { readonly key: ScaleSetKey; readonly id: number };

/** Addresses of a static block. Source: azure-aks-docs configure-azure-cni-static-block-allocation.md, "Plan IP addressing": /28. */
const BLOCK = 16;

/** Takes addresses and stores them with the machine before anybody hears of them. */
export async function addPodAddresses(
  { instances, addresses }: Pick<Parts, "instances" | "addresses">,
  { key, id, network, count, isBlocks }: Want,
): Promise<readonly AddressRange[] | undefined> {
  const document = instanceId(key, id);
  if (!mayHave(instances.get(document)?.value, network.id)) return undefined;
  const taken = isBlocks ? addresses.takeBlocks(network, Math.ceil(count / BLOCK), BLOCK) : addresses.takeRanges(network, count);
  let isGiven = false;
  const given = await instances.update(document, (instance) => {
    isGiven = mayHave(instance, network.id);
    const ranges = [...(instance.podAddresses?.ranges ?? []), ...taken];
    return isGiven ? { ...instance, podAddresses: { networkId: network.id, ranges } } : undefined;
  });
  if (isGiven && given !== undefined) return given.value.podAddresses?.ranges;
  addresses.releaseRanges(network.id, taken);
  return undefined;
}

/** A machine that goes gets none, and one that has some of a network gets none of another. */
function mayHave(instance: Instance | undefined, networkId: string): instance is Instance {
  if (instance === undefined || instance.state === "Deleting") return false;
  return (instance.podAddresses?.networkId ?? networkId) === networkId;
}
