import type { Node, Pod } from "#api/kubernetes/core";
import type { PersistentVolume, StorageClass } from "#api/kubernetes/storage";
import { resources } from "#api/kubernetes/resources";
import { isStatus } from "#api/kubernetes/status";
import type { PersistentVolumeClaim } from "#api/kubernetes/workloads";
import { compareQuantities, isPodTerminal, parseQuantity } from "#kube/apimachinery";
import type { Informer } from "#kube/client";
import type { ControllerContext, EventSink } from "../context.ts";
import { dropFinalizer, found, writeStatus } from "../writes.ts";
import { classNameOf, defaultClass, isFreeFor, matchingVolume, requestOf } from "./match.ts";
import { isInTree, provisionedVolume, PROVISIONERS, volumeNameFor } from "./provision.ts";

const PROTECTION = "kubernetes.io/pvc-protection";
const COMPLETED = "pv.kubernetes.io/bind-completed";
const BY_CONTROLLER = "pv.kubernetes.io/bound-by-controller";
const NO_PROVISIONER = "kubernetes.io/no-provisioner";

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
    const className = classNameOf(claim);
    if (className === undefined) {
      const fallback = defaultClass(this.classes.list());
      if (fallback !== undefined) {
        await found(this.#update({ ...claim, spec: { ...claim.spec, storageClassName: fallback.metadata.name } }));
        return;
      }
    }
    const storageClass = className === undefined || className === "" ? undefined : this.classes.get(className);
    const user = users.find(({ spec }) => spec.nodeName !== undefined && spec.nodeName !== "");
    if (storageClass?.volumeBindingMode === "WaitForFirstConsumer" && user === undefined) {
      this.#events.normal(claim, "WaitForFirstConsumer", "waiting for first consumer to be created before binding");
      return;
    }
    const volume = matchingVolume(claim, this.volumes.list());
    if (volume !== undefined) await this.#bindTo(claim, volume);
    else if (storageClass !== undefined) await this.#provision(claim, storageClass, user);
    else if (className === undefined || className === "")
      this.#events.normal(claim, "FailedBinding", "no persistent volumes available for this claim and no storage class is set");
    else this.#events.warning(claim, "ProvisioningFailed", `storageclass.storage.k8s.io "${className}" not found`);
  }

  async #provision(claim: PersistentVolumeClaim, storageClass: StorageClass, user: Pod | undefined): Promise<void> {
    const { provisioner } = storageClass;
    const name = volumeNameFor(claim);
    if (provisioner === NO_PROVISIONER) return;
    if (!isInTree(provisioner)) {
      this.#events.normal(
        claim,
        "ExternalProvisioning",
        `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator. ` +
          "If volume creation is delayed, please verify that the provisioner is running and correctly registered.",
      );
    }
    if (!PROVISIONERS.includes(provisioner)) return;
    const volume = provisionedVolume(claim, storageClass, this.#nodeOf(user));
    const made = await this.#context.client.create(resources.persistentVolumes, volume).catch((error: unknown) => {
      if (!isStatus(error, "AlreadyExists")) throw error;
      return this.#context.client.get(resources.persistentVolumes, { name });
    });
    this.#events.normal(
      claim,
      "ProvisioningSucceeded",
      isInTree(provisioner) ? `Successfully provisioned volume ${name} using ${provisioner}` : `Successfully provisioned volume ${name}`,
    );
    await this.#bindTo(claim, made);
  }

  /** Volume first, then the claim, so that a crash between leaves nothing that two could have. */
  async #bindTo(claim: PersistentVolumeClaim, volume: PersistentVolume): Promise<void> {
    const { client } = this.#context;
    const held = await this.#hold(claim, volume);
    await writeStatus(client, resources.persistentVolumes, held, { ...held.status, phase: "Bound" });
    const isNamed = claim.spec.volumeName === held.metadata.name;
    const annotations = { ...claim.metadata.annotations, [COMPLETED]: "yes", ...(!isNamed && { [BY_CONTROLLER]: "yes" }) };
    const isWritten = isNamed && claim.metadata.annotations?.[COMPLETED] === "yes";
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
    const annotations = { ...volume.metadata.annotations, [BY_CONTROLLER]: "yes" };
    return this.#context.client.update(resources.persistentVolumes, {
      ...volume,
      metadata: { ...volume.metadata, annotations },
      spec: { ...volume.spec, claimRef },
    });
  }

  /** A claim that asks for more than it has, of a class that lets it. Source: Azure docs expand-pvc: volumes of AKS grow online. */
  async #grown(claim: PersistentVolumeClaim, volume: PersistentVolume): Promise<PersistentVolume> {
    const { storage = "0" } = volume.spec.capacity ?? {};
    const mayGrow = this.classes.get(classNameOf(claim) ?? "")?.allowVolumeExpansion === true;
    if (!mayGrow || compareQuantities(requestOf(claim), parseQuantity(storage)) <= 0) return volume;
    const capacity = { ...volume.spec.capacity, storage: claim.spec.resources?.requests?.["storage"] ?? storage };
    const grown = await this.#context.client.update(resources.persistentVolumes, { ...volume, spec: { ...volume.spec, capacity } });
    this.#events.normal(claim, "FileSystemResizeSuccessful", `MountVolume.NodeExpandVolume succeeded for volume "${volume.metadata.name}"`);
    return grown;
  }

  #nodeOf(user: Pod | undefined): Node | undefined {
    if (user?.spec.nodeName !== undefined) return this.#nodes.get(user.spec.nodeName);
    for (const node of this.#nodes.list()) return node;
    return undefined;
  }

  #update(claim: PersistentVolumeClaim): Promise<PersistentVolumeClaim> {
    return this.#context.client.update(resources.persistentVolumeClaims, claim);
  }
}
