import { refusal } from "../../errors.ts";

/** Refusals of upgrades. Texts are AKS's own unless marked. */
export const upgradeRefusals = {
  /** Unverified: code and text; the rule is that of azure-docs articles/aks/upgrade-aks-node-pools-rolling.md. */
  surgeTooLarge: (count: number, machines: number, limit: number) =>
    refusal(
      400,
      "OperationNotAllowed",
      `The agent pool has ${count} nodes and would have ${machines} with the nodes that maxSurge adds during the upgrade. ` +
        `A virtual machine scale set can have at most ${limit} instances.`,
      { target: "agentPoolProfile.upgradeSettings.maxSurge" },
    ),

  /**
   * @param budgets `namespace/name` of budgets that never allow a disruption.
   * Sources: answer quoted in Azure/AKS#4860 for the sentences before the list, the Azure support docs for the list.
   */
  unsatisfiableBudgets: (budgets: readonly string[]) => {
    const head = budgets.length === 1 ? "1 error occurred:" : `${budgets.length} errors occurred:`;
    const list = budgets.map((budget) => `\n\t* PDB ${budget} has maxunavailble == 0 can't proceed with put operation`).join("");
    return refusal(
      400,
      "UnsatisfiablePDB",
      "Upgrade is blocked due to invalid Pod Disruption Budgets (PDBs). Please review the PDB spec to allow disruptions during upgrades. " +
        "To bypass this error, set forceUpgrade in upgradeSettings.overrideSettings. Bypassing this error without updating the PDB may " +
        `result in drain failures during upgrade process. Invalid PDBs details: ${head}${list}`,
    );
  },
} as const;
