import { resourceRefusals } from "../../resource-errors.ts";
import type { Rule } from "./candidate.ts";

/** The letter of a size's family: `D` of `Standard_DS2_v2`. Source: azure-docs virtual-machines/vm-naming-conventions.md. */
export function familyLetter(size: string): string {
  return /^(?:Standard|Basic)_([A-Z])/i.exec(size)?.[1]?.toUpperCase() ?? size;
}

/**
 * A snapshot's image is for machines, and a system, like those it was taken of.
 * Source: MicrosoftDocs/azure-aks-docs articles/aks/node-pool-snapshot.md, "Limitations".
 */
export const fromSnapshot: Rule = ({ wanted, source }) => {
  if (source === undefined) return undefined;
  const { vmSize, osType, osSku, enableFIPS = false } = source;
  if (vmSize !== undefined && familyLetter(vmSize) !== familyLetter(wanted.vmSize)) {
    return resourceRefusals.snapshotFamily(wanted.vmSize, vmSize);
  }
  if (osType !== undefined && wanted.osType !== osType) return resourceRefusals.snapshotImage("osType", wanted.osType, osType);
  const sku = wanted.osSKU ?? "Ubuntu";
  if (osSku !== undefined && wanted.osType === "Linux" && sku.toLowerCase() !== osSku.toLowerCase()) {
    return resourceRefusals.snapshotImage("osSKU", sku, osSku);
  }
  const fips = wanted.enableFIPS === true;
  return fips === enableFIPS ? undefined : resourceRefusals.snapshotImage("enableFIPS", String(fips), String(enableFIPS));
};
