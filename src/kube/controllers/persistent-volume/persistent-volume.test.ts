import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { PersistentVolume, StorageClass } from "#api/kubernetes/storage";
import type { KubeObject, ResourceType } from "#api/kubernetes/meta";
import { resources } from "#api/kubernetes/resources";
import type { PersistentVolumeClaim } from "#api/kubernetes/workloads";
import { startCluster, type TestCluster } from "../testing/cluster.ts";

const PROVIDER_ID =
  "azure:///subscriptions/s1/resourceGroups/mc_rg_c_eastus/providers/Microsoft.Compute/virtualMachineScaleSets/v/virtualMachines/0";
const DISKS: StorageClass = {
  metadata: { name: "managed-csi" },
  provisioner: "disk.csi.azure.com",
  parameters: { skuname: "StandardSSD_LRS" },
  reclaimPolicy: "Delete",
  volumeBindingMode: "WaitForFirstConsumer",
  allowVolumeExpansion: true,
};
const FILES: StorageClass = {
  metadata: { name: "files", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
  provisioner: "file.csi.azure.com",
  reclaimPolicy: "Retain",
  volumeBindingMode: "Immediate",
};

function claimOf(name: string, spec: PersistentVolumeClaim["spec"] = {}): PersistentVolumeClaim {
  return {
    metadata: { name, namespace: "default" },
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1500Mi" } }, ...spec },
  };
}

function volumeOf(name: string, storage: string, spec: Partial<PersistentVolume["spec"]> = {}): PersistentVolume {
  return {
    metadata: { name },
    spec: { capacity: { storage }, accessModes: ["ReadWriteOnce"], storageClassName: "", nfs: { server: "s", path: "/" }, ...spec },
  };
}

describe("claims and volumes", () => {
  let cluster: TestCluster;
  beforeEach(async () => {
    cluster = await startCluster("1.35.6");
    await cluster.addNode("n1", { spec: { providerID: PROVIDER_ID } });
    for (const storageClass of [DISKS, FILES]) await cluster.client.create(resources.storageClasses, storageClass);
  });
  afterEach(() => cluster.stop());

  const claim = (name: string): Promise<PersistentVolumeClaim | undefined> =>
    cluster.find(resources.persistentVolumeClaims, name, "default");
  const phase = async (name: string): Promise<string | undefined> => (await claim(name))?.status?.phase;
  const isBound = (name: string) => async (): Promise<boolean> => (await phase(name)) === "Bound";
  const isGone = (type: ResourceType<KubeObject>, name: string, namespace?: string) => async (): Promise<boolean> =>
    (await cluster.find(type, name, namespace)) === undefined;
  const volumeOfClaim = async (name: string): Promise<PersistentVolume> =>
    cluster.client.get(resources.persistentVolumes, { name: (await claim(name))?.spec.volumeName ?? "" });
  const create = (object: PersistentVolumeClaim): Promise<unknown> => cluster.client.create(resources.persistentVolumeClaims, object);
  /** As the scheduler does when the claim's pod has its node. */
  async function select(claimName: string, node: string): Promise<void> {
    const metadata = { annotations: { "volume.kubernetes.io/selected-node": node } };
    await cluster.client.patch(
      resources.persistentVolumeClaims,
      { name: claimName, namespace: "default" },
      { type: "merge", body: { metadata } },
    );
  }
  async function mount(pod: string, claimName: string): Promise<void> {
    await select(claimName, "n1");
    await cluster.client.create(resources.pods, {
      metadata: { name: pod, namespace: "default" },
      spec: {
        nodeName: "n1",
        containers: [{ name: "main", image: "nginx" }],
        volumes: [{ name: "data", persistentVolumeClaim: { claimName } }],
      },
    });
  }

  it("tells which pods a claim waits for, and takes a node back that is gone", async () => {
    await create(claimOf("data", { storageClassName: "managed-csi" }));
    await cluster.client.create(resources.pods, {
      metadata: { name: "web", namespace: "default" },
      spec: { containers: [{ name: "main", image: "nginx" }], volumes: [{ name: "data", persistentVolumeClaim: { claimName: "data" } }] },
    });
    await cluster.until(async () => (await cluster.events("data")).includes("WaitForPodScheduled: waiting for pod web to be scheduled"));
    await select("data", "gone");
    await cluster.until(
      async () =>
        (await claim("data"))?.metadata.annotations?.["volume.kubernetes.io/storage-provisioner"] === "disk.csi.azure.com" &&
        (await claim("data"))?.metadata.annotations?.["volume.kubernetes.io/selected-node"] === undefined,
    );
    expect(await phase("data")).toBe("Pending");
  });

  it("leaves free volumes of a class that waits to the scheduler, and follows what it writes", async () => {
    const local: StorageClass = {
      metadata: { name: "local" },
      provisioner: "kubernetes.io/no-provisioner",
      volumeBindingMode: "WaitForFirstConsumer",
    };
    await cluster.client.create(resources.storageClasses, local);
    await cluster.client.create(resources.persistentVolumes, volumeOf("disk-1", "2Gi", { storageClassName: "local" }));
    await create(claimOf("data", { storageClassName: "local" }));
    await cluster.pass(60_000);
    expect(await phase("data")).toBe("Pending");
    const volume = await cluster.client.get(resources.persistentVolumes, { name: "disk-1" });
    const { uid = "" } = (await claim("data"))?.metadata ?? {};
    const claimRef = { kind: "PersistentVolumeClaim", apiVersion: "v1", name: "data", namespace: "default", uid };
    await cluster.client.update(resources.persistentVolumes, { ...volume, spec: { ...volume.spec, claimRef } });
    await cluster.until(isBound("data"));
    expect((await claim("data"))?.spec.volumeName).toBe("disk-1");
  });

  it("makes a disk when a pod has a node, in whole gibibytes, named as its machine is", async () => {
    await create(claimOf("data", { storageClassName: "managed-csi" }));
    await cluster.until(async () => (await cluster.events("data")).length > 0);
    expect(await cluster.events("data")).toEqual(["WaitForFirstConsumer: waiting for first consumer to be created before binding"]);
    expect(await phase("data")).toBe("Pending");
    await mount("web", "data");
    await cluster.until(isBound("data"));
    const volume = await volumeOfClaim("data");
    expect(volume.spec).toMatchObject({
      capacity: { storage: "2Gi" },
      claimRef: { name: "data", namespace: "default" },
      persistentVolumeReclaimPolicy: "Delete",
      csi: {
        driver: "disk.csi.azure.com",
        volumeHandle: `/subscriptions/s1/resourceGroups/mc_rg_c_eastus/providers/Microsoft.Compute/disks/${volume.metadata.name}`,
        volumeAttributes: { requestedsizegib: "2", skuname: "StandardSSD_LRS" },
      },
    });
    expect(volume.status?.phase).toBe("Bound");
    expect((await claim("data"))?.status).toMatchObject({ capacity: { storage: "2Gi" }, accessModes: ["ReadWriteOnce"] });
  });

  it("gives a claim without a class the default one, and keeps what its policy keeps", async () => {
    await create(claimOf("shared", { accessModes: ["ReadWriteMany"] }));
    await cluster.until(isBound("shared"));
    const { metadata } = await volumeOfClaim("shared");
    await cluster.client.delete(resources.persistentVolumeClaims, { name: "shared", namespace: "default" });
    await cluster.until(async () => (await cluster.find(resources.persistentVolumes, metadata.name))?.status?.phase === "Released");
  });

  it("keeps a claim while a pod uses it, and then deletes its disk", async () => {
    await create(claimOf("data", { storageClassName: "managed-csi" }));
    await mount("web", "data");
    await cluster.until(isBound("data"));
    const { metadata } = await volumeOfClaim("data");
    await cluster.client.delete(resources.persistentVolumeClaims, { name: "data", namespace: "default" });
    await cluster.pass(60_000);
    expect((await claim("data"))?.metadata.deletionTimestamp).toBeDefined();
    await cluster.client.delete(resources.pods, { name: "web", namespace: "default" }, { gracePeriodSeconds: 0 });
    await cluster.until(isGone(resources.persistentVolumeClaims, "data", "default"));
    await cluster.until(isGone(resources.persistentVolumes, metadata.name));
  });

  it("takes the smallest volume that will do, and none of another class", async () => {
    for (const volume of [
      volumeOf("big", "10Gi"),
      volumeOf("fit", "2Gi"),
      volumeOf("small", "1Gi"),
      volumeOf("other", "2Gi", { storageClassName: "x" }),
    ])
      await cluster.client.create(resources.persistentVolumes, volume);
    await create(claimOf("a", { storageClassName: "" }));
    await cluster.until(isBound("a"));
    expect((await volumeOfClaim("a")).metadata.name).toBe("fit");
    const other = await cluster.client.get(resources.persistentVolumes, { name: "small" });
    expect(other.status?.phase).toBe("Available");
  });

  it("says why a claim waits, and binds it when a volume comes", async () => {
    await create(claimOf("a", { storageClassName: "" }));
    await create(claimOf("b", { storageClassName: "missing" }));
    await cluster.until(async () => (await cluster.events("b")).length > 0);
    expect(await cluster.events("a")).toEqual([
      "FailedBinding: no persistent volumes available for this claim and no storage class is set",
    ]);
    expect(await cluster.events("b")).toEqual(['ProvisioningFailed: storageclass.storage.k8s.io "missing" not found']);
    await cluster.client.create(resources.persistentVolumes, volumeOf("late", "5Gi"));
    await cluster.until(isBound("a"));
  });

  it("grows a disk", async () => {
    await create(claimOf("data", { storageClassName: "managed-csi" }));
    await mount("web", "data");
    await cluster.until(isBound("data"));
    const present = await cluster.client.get(resources.persistentVolumeClaims, { name: "data", namespace: "default" });
    await cluster.client.update(resources.persistentVolumeClaims, {
      ...present,
      spec: { ...present.spec, resources: { requests: { storage: "8Gi" } } },
    });
    await cluster.until(async () => (await claim("data"))?.status?.capacity?.["storage"] === "8Gi");
    expect((await volumeOfClaim("data")).spec.capacity).toEqual({ storage: "8Gi" });
  });

  it("loses nothing by a restart in the middle", async () => {
    await create(claimOf("data", { storageClassName: "managed-csi" }));
    await cluster.restartControllers();
    await mount("web", "data");
    await cluster.restartControllers();
    await cluster.until(isBound("data"));
    expect(await cluster.list(resources.persistentVolumes)).toHaveLength(1);
  });
});
