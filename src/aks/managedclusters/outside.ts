import type { AksContext } from "../context.ts";
import { refusal } from "../errors.ts";

/**
 * Refuses a cluster that there is no place for.
 * Differs from AKS: with `--kubernetes` all clusters are in one control plane that others run, one at a time.
 * @throws {ProviderError} 409
 */
export function refuseSecondOutside({ controlPlanes: { outside }, clusters }: Pick<AksContext, "controlPlanes" | "clusters">): void {
  const [present] = clusters.list();
  if (outside === undefined || present === undefined) return;
  throw refusal(
    409,
    "OperationNotAllowed",
    `Operation is not allowed: the control plane ${outside.server}, which lido start --kubernetes names, holds the managed cluster ` +
      `${present.value.name} of resource group ${present.value.resourceGroup}, and it can hold one. Delete that one, or start another ` +
      "Lido with another control plane.",
  );
}

/**
 * Refuses to replace keys of a control plane that others run.
 * Differs from AKS: with `--kubernetes` certificates and keys of the control plane are not replaced.
 * @throws {ProviderError} 400
 */
export function refuseKeysOutside({ controlPlanes: { outside } }: Pick<AksContext, "controlPlanes">, what: string): void {
  if (outside === undefined) return;
  throw refusal(
    400,
    "OperationNotAllowed",
    `${what} is not possible: the keys of ${outside.server} are those of who runs it, not of Lido.`,
  );
}
