import type { GenerationChoice, ThrottleChoice } from "#api/server";
import { type Aks, createAks, operations as containerServiceOperations } from "#aks";
import { type Arm, createArm } from "#arm";
import { computeOperations, createComputeProvider, openCompute } from "#compute";
import { type ControlPlanesOptions, openControlPlanes, type RunningControlPlanes } from "./control-planes.ts";
import type { Installation } from "./identity.ts";

/** What the service runs on, and who it is. */
export interface ServiceOptions extends ControlPlanesOptions {
  readonly generation: GenerationChoice;
  readonly throttle?: ThrottleChoice;
  readonly installation: Installation;
  /** Authority of the listener's certificate, for kubeconfigs. */
  readonly caPem: string;
}

/** Everything behind the listeners. */
export interface Service {
  readonly arm: Arm;
  /** Microsoft.ContainerService, as the door calls it. */
  readonly aks: Aks;
  readonly controlPlanes: RunningControlPlanes;
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
  const arm = await createArm({
    ...options,
    tenantId,
    subscriptions: [{ id: subscriptionId, displayName: "Lido" }],
    credentials: [{ clientId, clientSecret }],
    isThrottled: enforces("arm", options),
  });
  const compute = await openCompute(options);
  const controlPlanes = await openControlPlanes(options, options.caPem);
  const aks = await createAks({ ...options, arm: arm.services, compute, controlPlanes, isThrottled: enforces("aks", options) });
  arm.register(aks);
  arm.register(createComputeProvider(compute));
  await arm.start();
  await aks.start();
  await compute.attach(controlPlanes.machines);
  return {
    arm,
    aks,
    controlPlanes,
    operations: [
      ...arm.operations,
      ...containerServiceOperations.map(below(aks.namespace)),
      ...computeOperations.map(below("Microsoft.Compute")),
    ],
    async stop() {
      await aks.stop();
      await compute.stop();
      await controlPlanes.stop();
      await arm.stop();
    },
  };
}

function enforces(limits: "aks" | "arm", { throttle }: ServiceOptions): boolean {
  return throttle === limits || throttle === "all";
}

function below(namespace: string): (operation: string) => string {
  return (operation) => operation.replace(" ", ` ${namespace}/`);
}
