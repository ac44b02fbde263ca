import { refusal } from "../../errors.ts";

/** Refusals of upgrades. Texts are AKS's own unless marked. */
export const upgradeRefusals = {
  /** Unverified: code and text; the rule is that of azure-docs articles/aks/upgrade-aks-node-pools-rolling.md. */
  tooManyMachines: ({ count, machines, limit }: Readonly<Record<"count" | "machines" | "limit", number>>, member: string) =>
    refusal(
      400,
      "OperationNotAllowed",
      `The agent pool has ${count} nodes and would have ${machines} with the nodes that are added during the upgrade. ` +
        `A virtual machine scale set can have at most ${limit} instances.`,
      { target: `agentPoolProfile.${member}` },
    ),

  /**
   * Source: the rule is that of MicrosoftDocs/azure-aks-docs articles/aks/blue-green-node-pool-upgrade.md, "When resuming a paused
   * upgrade, you can update the blue-green settings, but you can't change the upgrade strategy or Kubernetes version".
   * Unverified: code and text, and that the rule is also one for the count and for single machines.
   */
  blueGreenUnfinished: (pool: string, what: string) =>
    refusal(
      400,
      "OperationNotAllowed",
      `The blue-green upgrade of agent pool ${pool} has not been completed: ${what} cannot be changed. ` +
        "Resume the upgrade or roll it back first.",
    ),

  /** Unverified: code and text. */
  nothingToComplete: (pool: string) =>
    refusal(409, "OperationNotAllowed", `Operation is not allowed: no blue-green upgrade of agent pool ${pool} is in progress.`),

  /** Source: the limitations of the same page. Unverified: code and text. */
  blueGreenNeedsScaleSet: (type: string) =>
    refusal(400, "OperationNotAllowed", `Upgrade strategy BlueGreen is not supported for agent pools of type ${type}.`, {
      target: "agentPoolProfile.upgradeStrategy",
    }),

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
