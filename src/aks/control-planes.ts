import type { KubeObject } from "#api/kubernetes/meta";
import type { Rehearsal } from "#api/kubernetes/rehearsal";
import type { KubeTransport } from "#api/kubernetes/transport";
import type { KubeClient } from "#kube/client";

export interface ControlPlaneSpec {
  /** Names the control plane for ever; never used again after `remove`. */
  readonly id: string;
  /** `1.12.6`. */
  readonly version: string;
  /** `{dnsPrefix}-{hash}.hcp.{region}.azmk8s.io`: the API is served under `/clusters/{fqdn}`. */
  readonly fqdn: string;
  /** Absent where pods have addresses of a virtual network's subnets. */
  readonly podCidr?: string;
  /** Bits of the network part of the block of `podCidr` that each node gets. */
  readonly nodeCidrMaskSize: number;
  readonly serviceCidr: string;
  /** Whether roles and bindings decide who may do what in it; else every credential of the cluster may do everything. */
  readonly enforcesRoles: boolean;
}

/** A control plane that others run, in which all clusters are: one at a time. */
export interface OutsideControlPlane {
  /** Its address. */
  readonly server: string;
  /** Whether an object there was made for the cluster by this program. */
  owns(id: string, object: KubeObject): boolean;
}

/** The Kubernetes control planes of the clusters: API server, scheduler and controllers. The composition root provides it. */
export interface ControlPlanes {
  /** Set where the clusters' control plane is none of this program's: what it is and what it holds is for others to say. */
  readonly outside?: OutsideControlPlane;
  /** Makes it run, with this version; idempotent, and called again for each cluster after a restart. */
  ensure(spec: ControlPlaneSpec): Promise<void>;
  /** Stops it and keeps all its objects: nobody answers for them until the next `ensure`. Absent is fine. */
  halt(id: string): Promise<void>;
  /**
   * Replaces authority and credentials, once for each number; those of before open it no more. It must not run meanwhile.
   * @param rotation counts from 1; a number that has been done already changes nothing.
   */
  rotate(id: string, rotation: number): Promise<void>;
  /**
   * Replaces the key that signs tokens of service accounts, once for each number; it may run meanwhile.
   * @param rotation counts from 1; a number that has been done already changes nothing.
   */
  rotateSigningKeys(id: string, rotation: number): Promise<void>;
  /** Stops it and forgets all its objects; of one that others run, those that this program made. Absent is fine. */
  remove(id: string): Promise<void>;
  /** Access as the cluster's administrator. @throws {Error} when it does not run. */
  client(id: string): KubeClient;
  /** The same access for any call: of kinds that only the caller knows. @throws {Error} when it does not run. */
  transport(id: string): KubeTransport;
  /** Nodes and pods to try things on, by the rules of the cluster's scheduler. @throws {Error} when it does not run. */
  rehearse(id: string): Rehearsal;
  /**
   * A kubeconfig, as YAML, with a client certificate and a token of the cluster, whether it runs or not.
   * @param names how cluster, user and context are called in it, and where the cluster is served.
   */
  kubeconfig(
    id: string,
    names: {
      readonly cluster: string;
      readonly user: string;
      readonly context: string;
      readonly baseUrl: string;
      readonly fqdn: string;
    },
  ): Promise<string>;
}
