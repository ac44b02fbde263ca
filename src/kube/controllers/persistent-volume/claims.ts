import type { Node, Pod } from "#api/kubernetes/core";
import type { PersistentVolume, StorageClass } from "#api/kubernetes/storage";
import { resources } from "#api/kubernetes/resources";
import { isStatus } from "#api/kubernetes/status";
import type { PersistentVolumeClaim } from "#api/kubernetes/workloads";
import {
  BIND_COMPLETED,
  BOUND_BY_CONTROLLER,
  claimRequest,
  compareQuantities,
  defaultStorageClass,
  isFreeFor,
  isPodTerminal,
  NO_PROVISIONER,
  parseQuantity,
  SELECTED_NODE,
  storageClassNameOf,
  volumesForClaim,
} from "#kube/apimachinery";
import type { Informer } from "#kube/client";
import type { ControllerContext, EventSink } from "../context.ts";
import { dropFinalizer, found, writeStatus } from "../writes.ts";
import { isInTree, provisionedVolume, PROVISIONERS, provisionerName, volumeNameFor } from "./provision.ts";

const PROTECTION = "kubernetes.io/pvc-protection";
/** Who makes the claim's volume; the second is what it is called since 1.23. Source: pv_controller.go, setClaimProvisioner. */
const PROVISIONER_ANNOTATIONS = ["volume.beta.kubernetes.io/storage-provisioner", "volume.kubernetes.io/storage-provisioner"] as const;

/** Brings one claim nearer to being bound. */
export class ClaimBinding {
  readonly claims: Informer<PersistentVolumeClaim>;
  readonly volumes: Informer<PersistentVolume>;
  readonly classes: Informer<StorageClass>;
  readonly pods: Informer<Pod>;
  readonly #nodes: Informer<Node>;
  readonly #context: ControllerContext;
  readonly #events: EventSink;

  constructor(context: ControllerContext) {
    this.#context = context;
    this.claims = context.informers.of(resources.persistentVolumeClaims);
    this.volumes = context.informers.of(resources.persistentVolumes);
    this.classes = context.informers.of(resources.storageClasses);
    this.pods = context.informers.of(resources.pods);
    this.#nodes = context.informers.of(resources.nodes);
    this.#events = context.events("persistentvolume-controller");
  }

  async reconcile(key: string): Promise<void> {
    const claim = this.claims.get(key);
    if (claim === undefined) return;
    const users = this.pods.byIndex("claim", key).filter((pod) => !isPodTerminal(pod));
    if (claim.metadata.deletionTimestamp !== undefined) return this.#letGo(claim, users);
    if (claim.metadata.finalizers?.includes(PROTECTION) !== true) {
      const finalizers = [...(claim.metadata.finalizers ?? []), PROTECTION];
      await found(this.#update({ ...claim, metadata: { ...claim.metadata, finalizers } }));
      return;
    }
    if (claim.spec.volumeName !== undefined && claim.spec.volumeName !== "") return this.#follow(claim, claim.spec.volumeName);
    await this.#bind(claim, users);
  }

  /** Source: pkg/controller/volume/pvcprotection/pvc_protection_controller.go. */
  async #letGo(claim: PersistentVolumeClaim, users: readonly Pod[]): Promise<void> {
    if (users.length === 0) await dropFinalizer(this.#context.client, resources.persistentVolumeClaims, claim, PROTECTION);
  }

  /** The claim has a volume, or one that it asked for by name. */
  async #follow(claim: PersistentVolumeClaim, volumeName: string): Promise<void> {
    const volume = this.volumes.get(volumeName);
    if (volume === undefined) {
      if (claim.status?.phase !== "Bound") return;
      await writeStatus(this.#context.client, resources.persistentVolumeClaims, claim, { ...claim.status, phase: "Lost" });
      this.#events.warning(claim, "ClaimLost", "Bound claim has lost its PersistentVolume. Data on the volume is lost!");
      return;
    }
    if (!isFreeFor(claim, volume)) {
      this.#events.warning(claim, "FailedBinding", `volume "${volumeName}" already bound to a different claim.`);
      return;
    }
    await this.#bindTo(claim, await this.#grown(claim, volume));
  }

  async #bind(claim: PersistentVolumeClaim, users: readonly Pod[]): Promise<void> {
    const className = storageClassNameOf(claim);
    if (className === undefined) {
      const fallback = defaultStorageClass(this.classes.list());
      if (fallback !== undefined) {
        await found(this.#update({ ...claim, spec: { ...claim.spec, storageClassName: fallback.metadata.name } }));
        return;
      }
    }
    const storageClass = className === undefined || className === "" ? undefined : this.classes.get(className);
    const waits = storageClass?.volumeBindingMode === "WaitForFirstConsumer";
    const { kept, free } = volumesForClaim(claim, this.volumes.list());
    // Which free volume a claim that waits for its pod gets is for the scheduler to say.
    const volume = kept[0] ?? (waits ? undefined : free[0]);
    if (volume !== undefined) return this.#bindTo(claim, volume);
    if (waits && claim.metadata.annotations?.[SELECTED_NODE] === undefined) this.#tellOfWaiting(claim, users);
    else if (storageClass !== undefined) await this.#provision(claim, storageClass);
    else if (className === undefined || className === "")
      this.#events.normal(claim, "FailedBinding", "no persistent volumes available for this claim and no storage class is set");
    else this.#events.warning(claim, "ProvisioningFailed", `storageclass.storage.k8s.io "${className}" not found`);
  }

  /** Source: pv_controller.go, emitEventForUnboundDelayBindingClaim, which names pods since 1.20. */
  #tellOfWaiting(claim: PersistentVolumeClaim, users: readonly Pod[]): void {
    const names = users.filter(({ spec }) => !spec.nodeName).map(({ metadata }) => metadata.name);
    if (names.length === 0 || this.#context.minor() < 20)
      return this.#events.normal(claim, "WaitForFirstConsumer", "waiting for first consumer to be created before binding");
    const pods = names.length > 1 ? `pods ${names.join(",")}` : `pod ${names[0] ?? ""}`;
    this.#events.normal(claim, "WaitForPodScheduled", `waiting for ${pods} to be scheduled`);
  }

  async #provision(claim: PersistentVolumeClaim, storageClass: StorageClass): Promise<void> {
    const { provisioner } = storageClass;
    if (provisioner === NO_PROVISIONER) {
      this.#events.warning(claim, "ProvisioningFailed", `no volume plugin matched name: ${NO_PROVISIONER}`);
      return;
    }
    if (!isInTree(provisioner)) {
      if (await this.#noteProvisioner(claim, provisioner)) return;
      this.#events.normal(
        claim,
        "ExternalProvisioning",
        `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator. ` +
          "If volume creation is delayed, please verify that the provisioner is running and correctly registered.",
      );
    }
    if (PROVISIONERS.includes(provisioner)) await this.#make(claim, storageClass);
  }

  /** What the provisioner itself does. Source: sig-storage-lib-external-provisioner controller.go, provisionClaimOperation. */
  async #make(claim: PersistentVolumeClaim, storageClass: StorageClass): Promise<void> {
    const { provisioner } = storageClass;
    const name = volumeNameFor(claim);
    const selected = claim.metadata.annotations?.[SELECTED_NODE];
    const node = selected === undefined ? this.#anyNode() : this.#nodes.get(selected);
    // A node that has gone meanwhile: the scheduler chooses again when the annotation is gone.
    if (selected !== undefined && node === undefined) return this.#reschedule(claim);
    const events = isInTree(provisioner) ? this.#events : this.#context.events(provisionerName(provisioner));
    const about = `${claim.metadata.namespace ?? ""}/${claim.metadata.name}`;
    if (!isInTree(provisioner)) events.normal(claim, "Provisioning", `External provisioner is provisioning volume for claim "${about}"`);
    const volume = provisionedVolume(claim, storageClass, node);
    const made = await this.#context.client.create(resources.persistentVolumes, volume).catch((error: unknown) => {
      if (!isStatus(error, "AlreadyExists")) throw error;
      return this.#context.client.get(resources.persistentVolumes, { name });
    });
    events.normal(
      claim,
      "ProvisioningSucceeded",
      isInTree(provisioner) ? `Successfully provisioned volume ${name} using ${provisioner}` : `Successfully provisioned volume ${name}`,
    );
    await this.#bindTo(claim, made);
  }

  async #reschedule(claim: PersistentVolumeClaim): Promise<void> {
    const { [SELECTED_NODE]: _, ...annotations } = claim.metadata.annotations ?? {};
    await found(this.#update({ ...claim, metadata: { ...claim.metadata, annotations } }));
  }

  /** Says who makes the volume; whether it had to be said. */
  async #noteProvisioner(claim: PersistentVolumeClaim, provisioner: string): Promise<boolean> {
    const names = PROVISIONER_ANNOTATIONS.slice(0, this.#context.minor() >= 23 ? 2 : 1);
    if (names.every((name) => claim.metadata.annotations?.[name] === provisioner)) return false;
    const annotations = { ...claim.metadata.annotations, ...Object.fromEntries(names.map((name) => [name, provisioner])) };
    await found(this.#update({ ...claim, metadata: { ...claim.metadata, annotations } }));
    return true;
  }

  /** Volume first, then the claim, so that a crash between leaves nothing that two could have. */
  async #bindTo(claim: PersistentVolumeClaim, volume: PersistentVolume): Promise<void> {
    const { client } = this.#context;
    const held = await this.#hold(claim, volume);
    await writeStatus(client, resources.persistentVolumes, held, { ...held.status, phase: "Bound" });
    const isNamed = claim.spec.volumeName === held.metadata.name;
    const annotations = { ...claim.metadata.annotations, [BIND_COMPLETED]: "yes", ...(!isNamed && { [BOUND_BY_CONTROLLER]: "yes" }) };
    const isWritten = isNamed && claim.metadata.annotations?.[BIND_COMPLETED] === "yes";
    const bound = isWritten
      ? claim
      : await this.#update({
          ...claim,
          metadata: { ...claim.metadata, annotations },
          spec: { ...claim.spec, volumeName: held.metadata.name },
        });
    const { accessModes = [], capacity = {} } = held.spec;
    await writeStatus(client, resources.persistentVolumeClaims, bound, { ...bound.status, phase: "Bound", accessModes, capacity });
  }

  async #hold(claim: PersistentVolumeClaim, volume: PersistentVolume): Promise<PersistentVolume> {
    const { name, namespace = "", uid = "", resourceVersion = "" } = claim.metadata;
    if (volume.spec.claimRef?.uid === uid) return volume;
    const claimRef = { apiVersion: "v1", kind: "PersistentVolumeClaim", name, namespace, uid, resourceVersion };
    const annotations = { ...volume.metadata.annotations, [BOUND_BY_CONTROLLER]: "yes" };
    return this.#context.client.update(resources.persistentVolumes, {
      ...volume,
      metadata: { ...volume.metadata, annotations },
      spec: { ...volume.spec, claimRef },
    });
  }

  /** A claim that asks for more than it has, of a class that lets it. Source: Azure docs expand-pvc: volumes of AKS grow online. */
  async #grown(claim: PersistentVolumeClaim, volume: PersistentVolume): Promise<PersistentVolume> {
    const { storage = "0" } = volume.spec.capacity ?? {};
    const mayGrow = this.classes.get(storageClassNameOf(claim) ?? "")?.allowVolumeExpansion === true;
    if (!mayGrow || compareQuantities(claimRequest(claim), parseQuantity(storage)) <= 0) return volume;
    const capacity = { ...volume.spec.capacity, storage: claim.spec.resources?.requests?.["storage"] ?? storage };
    const grown = await this.#context.client.update(resources.persistentVolumes, { ...volume, spec: { ...volume.spec, capacity } });
    this.#events.normal(claim, "FileSystemResizeSuccessful", `MountVolume.NodeExpandVolume succeeded for volume "${volume.metadata.name}"`);
    return grown;
  }

  #anyNode(): Node | undefined {
    for (const node of this.#nodes.list()) return node;
    return undefined;
  }

  #update(claim: PersistentVolumeClaim): Promise<PersistentVolumeClaim> {
    return this.#context.client.update(resources.persistentVolumeClaims, claim);
  }
}
