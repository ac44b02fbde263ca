import { beforeEach, describe, expect, it } from "vitest";
import type { PersistentVolumeClaim } from "#api/kubernetes/workloads";
import { startCluster, type TestCluster } from "../testing/cluster.ts";

const CLAIMS = "/api/v1/namespaces/default/persistentvolumeclaims";

describe("claims", () => {
  let cluster: TestCluster;
  beforeEach(async () => {
    cluster = await startCluster({ version: "1.33.0" });
  });
  const claim = (name: string, spec: object = {}): object => ({
    metadata: { name },
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } }, ...spec },
  });
  const create = (name: string, spec: object = {}): Promise<PersistentVolumeClaim> => cluster.call("POST", CLAIMS, claim(name, spec));
  async function addClass(name: string, isDefault: boolean): Promise<void> {
    const annotations = { "storageclass.kubernetes.io/is-default-class": String(isDefault) };
    await cluster.call("POST", "/apis/storage.k8s.io/v1/storageclasses", { metadata: { name, annotations }, provisioner: "x" });
  }

  it("get the default class when they name none, and are kept while they are used", async () => {
    expect((await create("before")).spec.storageClassName).toBeUndefined();
    await addClass("other", false);
    await addClass("standard", true);
    const made = await create("after");
    expect(made.spec.storageClassName).toBe("standard");
    expect(made.metadata.finalizers).toEqual(["kubernetes.io/pvc-protection"]);
    expect((await create("none", { storageClassName: "" })).spec.storageClassName).toBe("");
    expect((await create("named", { storageClassName: "other" })).spec.storageClassName).toBe("other");
  });

  it("are for one pod alone or not, in ways that there are", async () => {
    const refused = async (accessModes: string[]): Promise<string> =>
      (await cluster.refusal("POST", CLAIMS, claim("bad", { accessModes }))).message ?? "";
    expect(await refused(["ReadWriteOncePod", "ReadWriteOnce"])).toBe(
      'PersistentVolumeClaim "bad" is invalid: spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes',
    );
    expect(await refused(["ReadWriteTwice"])).toBe(
      'PersistentVolumeClaim "bad" is invalid: spec.accessModes: Unsupported value: "ReadWriteTwice": supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"',
    );
  });
});
