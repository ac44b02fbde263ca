import type { GenerationChoice, ServerSubscription, ThrottleChoice } from "#api/server";
import { type Aks, createAks, operations as containerServiceOperations, type PoolName } from "#aks";
import { type Arm, createArm } from "#arm";
import { computeOperations, createComputeProvider, openCompute, type ScaleSetKey } from "#compute";
import { createNetworkProvider, networkOperations, openNetworks } from "#network";
import { type ControlPlanesOptions, openControlPlanes, type RunningControlPlanes } from "./control-planes.ts";
import type { SteeredClock } from "#lib";
import { type Faults, followMachines, openFaults } from "#faults";
import { administration } from "./administration.ts";
import { callFaults } from "./call-faults.ts";
import { clockAdministration } from "./clock-administration.ts";
import type { Installation } from "./identity.ts";
import type { Outside } from "./outside.ts";
import { openOutsideControlPlanes } from "./outside-control-planes.ts";
import { machineFaults, runningMachines } from "./machine-faults.ts";
import { createPodAddresses } from "./pod-addresses.ts";

/** What the service runs on, and who it is. */
export interface ServiceOptions extends ControlPlanesOptions {
  readonly generation: GenerationChoice;
  readonly throttle?: ThrottleChoice;
  /** See `ServerOptions.supportWindow`. */
  readonly supportWindow?: string | undefined;
  readonly installation: Installation;
  /** Every subscription; that of the installation alone when absent. */
  readonly subscriptions?: readonly ServerSubscription[];
  /** The file of identities as it is now; undefined when there is none. */
  readonly identities?: () => string | undefined;
  /** Whether callers may only do what their roles allow. */
  readonly rbac?: boolean;
  /** Authority of the listener's certificate, for kubeconfigs. */
  readonly caPem: string;
  /** The same as `clock` when users may steer it. */
  readonly steered?: SteeredClock | undefined;
  /** The control plane that all clusters are in, one at a time; each has its own, of this program, when absent. */
  readonly outside?: Outside | undefined;
}

/** Everything behind the listeners. */
export interface Service {
  readonly arm: Arm;
  /** Microsoft.ContainerService, as the door calls it. */
  readonly aks: Aks;
  readonly controlPlanes: RunningControlPlanes;
  /** What goes wrong on purpose. */
  readonly faults: Faults;
  /**
   * Every call that a client can make, a method and a path: `GET /tenants`, `PUT Microsoft.ContainerService/managedclusters/{cluster}`.
   * Paths of providers begin with the namespace, since they occur below groups, subscriptions and the root.
   */
  readonly operations: readonly string[];
  stop(): Promise<void>;
}

/** Joins the rooms on a store and takes up what it holds; nothing listens. */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { tenantId, subscriptionId, clientId, clientSecret } = options.installation;
  const { subscriptions = [{ id: subscriptionId, name: "Lido" }] } = options;
  const faults = await openFaults(options);
  const arm = await createArm({
    ...options,
    tenantId,
    subscriptions: subscriptions.map(({ id, name }) => ({ id, displayName: name })),
    credentials: [{ clientId, clientSecret }],
    isThrottled: enforces("arm", options),
    callFaults: callFaults(faults),
    administration: [...administration({ faults, quotas: () => compute }), ...clockAdministration({ wall: options.clock, ...options })],
  });
  const poolOf = (key: ScaleSetKey): PoolName | undefined => aks.poolOf(key);
  const compute = await openCompute({ ...options, faults: machineFaults(faults, poolOf) });
  const networks = await openNetworks({ ...options, arm: arm.services, compute });
  const { outside } = options;
  const planes = { ...options, podAddresses: createPodAddresses(compute) };
  const controlPlanes =
    outside === undefined ? await openControlPlanes(planes, options.caPem) : await openOutsideControlPlanes(planes, outside);
  const aks: Aks = await createAks({
    ...options,
    arm: arm.services,
    compute,
    networks,
    controlPlanes,
    isThrottled: enforces("aks", options),
  });
  arm.register(aks);
  arm.register(createComputeProvider(compute));
  arm.register(createNetworkProvider(networks));
  networks.start((subnetId) => aks.poolsIn(subnetId));
  await arm.start();
  await aks.start();
  await compute.attach(controlPlanes.machines);
  const befalling = followMachines({ ...options, faults, machines: runningMachines(compute, { poolOf, subscriptions }) });
  return {
    arm,
    faults,
    aks,
    controlPlanes,
    operations: [
      ...arm.operations,
      ...containerServiceOperations.map(below(aks.namespace)),
      ...computeOperations.map(below("Microsoft.Compute")),
      ...networkOperations.map(below("Microsoft.Network")),
    ],
    async stop() {
      await befalling.stop();
      await aks.stop();
      await networks.stop();
      await compute.stop();
      await controlPlanes.stop();
      await arm.stop();
      faults.close();
    },
  };
}

function enforces(limits: "aks" | "arm", { throttle }: ServiceOptions): boolean {
  return throttle === limits || throttle === "all";
}

function below(namespace: string): (operation: string) => string {
  return (operation) => operation.replace(" ", ` ${namespace}/`);
}
