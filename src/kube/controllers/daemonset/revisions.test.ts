import { afterEach, expect, it } from "vitest";
import { resources } from "#api/kubernetes/resources";
import { REVISION } from "../revisions.ts";
import { startCluster, type TestCluster } from "../testing/cluster.ts";

let cluster: TestCluster;
afterEach(() => cluster.stop());

const DS = { name: "proxy", namespace: "default" };

it("daemon sets keep the templates that they had, as many as wanted, and go back to one", async () => {
  cluster = await startCluster("1.30.0");
  cluster.runPods(["n1"]);
  await cluster.addNode("n1");
  const labels = { app: "proxy" };
  const template = { metadata: { labels }, spec: { containers: [{ name: "proxy", image: "proxy:0" }] } };
  await cluster.client.create(resources.daemonSets, {
    metadata: DS,
    spec: { selector: { matchLabels: labels }, revisionHistoryLimit: 2, template },
  });
  const history = async () =>
    [...(await cluster.list(resources.controllerRevisions, "default"))].sort((a, b) => (a.revision ?? 0) - (b.revision ?? 0));
  const images = async (): Promise<string[]> =>
    (await history()).map(({ data }) => /"image":"([^"]*)"/.exec(JSON.stringify(data))?.[1] ?? "");
  const runs = async (image: string): Promise<boolean> => {
    const [pod, ...others] = await cluster.list(resources.pods, "default");
    return others.length === 0 && pod?.status?.phase === "Running" && pod.spec.containers[0]?.image === image;
  };
  const roll = async (image: string): Promise<void> => {
    const body = { spec: { template: { spec: { containers: [{ name: "proxy", image }] } } } };
    await cluster.client.patch(resources.daemonSets, DS, { type: "merge", body });
    await cluster.until(() => runs(image));
  };
  await cluster.until(() => runs("proxy:0"));
  const [first] = await history();
  expect(first).toMatchObject({
    revision: 1,
    metadata: {
      name: `proxy-${first?.metadata.labels?.[REVISION]}`,
      ownerReferences: [{ kind: "DaemonSet", name: "proxy", controller: true }],
    },
  });
  expect((await cluster.list(resources.pods, "default"))[0]?.metadata.labels?.[REVISION]).toBe(first?.metadata.labels?.[REVISION]);
  for (const image of ["proxy:1", "proxy:2", "proxy:3"]) await roll(image);
  await cluster.until(async () => (await images()).join() === "proxy:1,proxy:2,proxy:3");
  await roll("proxy:2");
  await cluster.until(async () => (await images()).join() === "proxy:1,proxy:3,proxy:2");
  expect((await history()).map(({ revision }) => revision)).toEqual([2, 4, 5]);
});
