import type { WorkKind } from "./documents.ts";

/**
 * How long things take on AKS, in milliseconds; every use goes through the pace. What machines take to boot, reimage
 * and go is the compute room's; here is what comes on top.
 * Source of the measured ones: start and end of recorded operations, 2018 to 2026 (fastest seen where so named).
 */
export const durations = {
  /** `aks create` takes 289 s (median of recordings), of which a node's boot is the larger half. */
  controlPlaneCreateMs: 130_000,
  /** `aks upgrade` takes 787 s (median), most of it node by node. Unverified: the control plane's share. */
  controlPlaneUpgradeMs: 180_000,
  /** `aks delete` takes 441 s (median), 183 s at least. */
  controlPlaneDeleteMs: 150_000,
  /** `aks start` takes 192 s (recorded once), of which a node's boot is the larger half. */
  controlPlaneStartMs: 60_000,
  /** `aks stop` takes 95 s (recorded once), draining included. */
  controlPlaneStopMs: 30_000,
  /** What work on a pool takes at least: the fastest recorded, down to that of a pool without nodes. */
  poolWorkMs: {
    Creating: 1_000,
    Scaling: 40_000,
    Upgrading: 4_000,
    Updating: 3_000,
    Deleting: 25_000,
    Stopping: 37_000,
    Starting: 1_000,
    UpgradingNodeImageVersion: 4_000,
    DeletingMachines: 34_000,
    RotatingClusterCertificates: 3_000,
    RefreshingServicePrincipalProfile: 3_000,
    RefreshingAADProfile: 3_000,
  } satisfies Record<WorkKind, number>,
  /** From the wish to end work until it is canceled. Source: 11 s pass in the recording of `nodepool operation-abort`, 2022-08. */
  abortMs: 5_000,
  /** `aks update` and the like where no node changes. Unverified: recordings hold only longer ones. */
  clusterWorkMs: 3_000,
  /** A binding of trusted access. Source: 36 s at most between the PUT and a read that finds it Succeeded, recorded 2026-01. */
  roleBindingMs: 30_000,
  /** A run command, from start to end. Source: Azure/azure-powershell src/Aks/Aks/help/Invoke-AzAksRunCommand.md, an example. */
  commandMs: 2_000,
  /** Between two attempts to evict a pod that a disruption budget protects. Source: kubectl drain, 5 s. */
  evictionRetryMs: 5_000,
  /** Default of `drainTimeoutInMinutes`. Source: azure-docs articles/aks/upgrade-aks-node-pools-rolling.md. */
  drainTimeoutMs: 30 * 60_000,
  /** How long the deletion of a pool drains before it fails. Source: the error quoted in Azure/AKS#2090, "within 10m0s". */
  deletionDrainMs: 10 * 60_000,
  /**
   * How long a stop drains before it goes on by force. Source: MicrosoftDocs/azure-docs#107739, "drain the nodes, and wait for
   * certain time, and proceed with force". Unverified: how long; a recorded stop takes 95 s though coredns has a budget.
   */
  stopDrainMs: 60_000,
  /** From the notice of a Spot node's eviction until it goes. Source: learn.microsoft.com/azure/virtual-machines/spot-vms, 30 seconds. */
  evictionNoticeMs: 30_000,
  /** From the taint of a node that is to go until it goes. Source: cluster-autoscaler FAQ.md, node-delete-delay-after-taint. */
  nodeDeleteDelayMs: 5_000,
  /** A node that stays NotReady for so long is repaired. Source: azure-docs articles/aks/node-auto-repair.md, five minutes. */
  repairAfterMs: 5 * 60_000,
  /** A node that is not Ready by then is given up. Unverified: AKS's own bound. */
  nodeReadyMs: 20 * 60_000,
} as const;

/** Bounds never shrink below this, however fast time goes: what they wait for is real work. Milliseconds. */
export const SHORTEST_BOUND_MS = 60_000;
/** The same for emptying one node: pods end by their grace periods, which no speed shortens. */
export const SHORTEST_DRAIN_MS = 60_000;
/** The same for a stop, which goes on by force. */
export const SHORTEST_STOP_DRAIN_MS = 2_000;
/** The autoscaler looks no oftener than this: what it looks for is real work. */
export const SHORTEST_SCAN_MS = 250;
/** A node is not taken for unneeded sooner: the pods that it was added for have to be bound to it. */
export const SHORTEST_UNNEEDED_MS = 3_000;
/** Attempts to evict come no closer than this. */
export const SHORTEST_RETRY_MS = 50;
/** A step whose effect has not shown wakes the work again after this, though nothing told it to. */
export const REVISIT_MS = 1_000;
/** Nodes are not repaired sooner: a kubelet needs real time to say that it is well. */
export const SHORTEST_REPAIR_MS = 5_000;
