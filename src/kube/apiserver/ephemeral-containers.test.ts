import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Pod } from "#api/kubernetes/core";
import { podOf, pods, startCluster, type TestCluster } from "./testing/cluster.ts";

const STRATEGIC = { contentType: "application/strategic-merge-patch+json" };
const PATH = pods("a/ephemeralcontainers");

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await startCluster({ version: "1.30.0" });
  await cluster.call("POST", pods(), podOf("a"));
});
afterEach(() => cluster.api.stop());

const patch = (...ephemeralContainers: object[]): Promise<Pod> =>
  cluster.call<Pod>("PATCH", PATH, { spec: { ephemeralContainers } }, STRATEGIC);

describe("ephemeral containers", () => {
  it("are added, with defaults, and nothing else is", async () => {
    const before = await cluster.call<Pod>("GET", PATH);
    const body = { spec: { ephemeralContainers: [{ name: "debug", image: "busybox", targetContainerName: "web" }], nodeName: "other" } };
    const pod = await cluster.call<Pod>("PATCH", PATH, body, STRATEGIC);
    expect(pod.spec).toEqual({
      ...before.spec,
      ephemeralContainers: [
        {
          name: "debug",
          image: "busybox",
          targetContainerName: "web",
          imagePullPolicy: "Always",
          resources: {},
          terminationMessagePath: "/dev/termination-log",
          terminationMessagePolicy: "File",
        },
      ],
    });
    await patch({ name: "second", image: "busybox:1" });
    expect((await cluster.call<Pod>("GET", pods("a"))).spec.ephemeralContainers?.map(({ name }) => name).sort()).toEqual([
      "debug",
      "second",
    ]);
    const { spec } = await cluster.call<Pod>("PUT", PATH, await cluster.call<Pod>("GET", pods("a")));
    expect(spec.ephemeralContainers).toHaveLength(2);
  });

  it("are refused when they are none, and stay as they are", async () => {
    const wrong = { name: "web", image: "x", ports: [{ containerPort: 80 }], targetContainerName: "none" };
    const { message, code } = await cluster.refusal("PATCH", PATH, { spec: { ephemeralContainers: [wrong] } }, STRATEGIC);
    expect([code, message]).toEqual([
      422,
      'Pod "a" is invalid: [spec.ephemeralContainers[0].name: Duplicate value: "web", ' +
        'spec.ephemeralContainers[0].targetContainerName: Not found: "none", ' +
        "spec.ephemeralContainers[0].ports: Forbidden: cannot be set for an Ephemeral Container]",
    ]);
    await patch({ name: "debug", image: "busybox:1" });
    const changed = await cluster.refusal("PATCH", PATH, { spec: { ephemeralContainers: [{ name: "debug", image: "other" }] } }, STRATEGIC);
    expect([changed.code, changed.message]).toEqual([
      422,
      expect.stringContaining('existing ephemeral containers "debug" may not be changed'),
    ]);
    const gone = await cluster.refusal("PUT", PATH, podOf("a"));
    expect(gone.message).toContain('existing ephemeral containers "debug" may not be removed');
    const malformed = await cluster.refusal("PUT", PATH, { ...podOf("a"), spec: { ephemeralContainers: 3 } });
    expect(malformed.code).toBe(400);
    expect((await cluster.refusal("PATCH", pods("b/ephemeralcontainers"), {}, STRATEGIC)).code).toBe(404);
  });

  it("cannot be added in another way", async () => {
    const body = { spec: { ephemeralContainers: [{ name: "debug", image: "busybox" }] } };
    expect((await cluster.refusal("PATCH", pods("a"), body, STRATEGIC)).code).toBe(422);
    const created = await cluster.refusal("POST", pods(), podOf("c", body));
    expect(created.message).toContain("spec.ephemeralContainers: Forbidden: cannot be set on create");
  });
});
