import { describe, expect, it } from "vitest";
import type { Pod } from "#api/kubernetes/core";
import { resources } from "#api/kubernetes/resources";
import type { KubeTransport, KubeWatchHandlers } from "#api/kubernetes/transport";
import { createInformer, createKubeClient } from "#kube/client";
import { silentLogger, VirtualClock } from "#lib";
import { catchUp } from "./catch-up.ts";

const pod: Pod = { metadata: { name: "a", namespace: "default", uid: "1", resourceVersion: "5" }, spec: { containers: [], nodeName: "n" } };

/** A server that knows of a pod on node n, of which the watch has not told yet. */
async function lagging(tellsAtOnce: boolean) {
  let watch: KubeWatchHandlers | undefined;
  const asked: (string | undefined)[] = [];
  const transport: KubeTransport = {
    tellsAtOnce,
    call({ query }) {
      const selector = query?.["fieldSelector"];
      asked.push(selector);
      return Promise.resolve({ items: selector === "spec.nodeName=n" ? [pod] : [], metadata: { resourceVersion: "1" } });
    },
    watch(_call, handlers) {
      watch = handlers;
      return { stop: () => undefined };
    },
  };
  const client = createKubeClient(transport);
  const clock = new VirtualClock();
  const pods = createInformer<Pod>(client, resources.pods, { clock, log: silentLogger });
  await pods.start();
  asked.length = 0;
  let outcome = "waits";
  const promise = catchUp(client, pods, ["n", "other"], clock).then(
    () => (outcome = "done"),
    (error: Error) => (outcome = error.message),
  );
  return { clock, promise, asked, outcome: () => outcome, tell: () => watch?.event({ type: "ADDED", object: pod }) };
}

describe("catchUp", () => {
  it("waits until the copy shows what is bound to the nodes", async () => {
    const { clock, outcome, tell, asked } = await lagging(false);
    await clock.advance(1000);
    expect(outcome()).toBe("waits");
    expect(asked).toEqual(["spec.nodeName=n", "spec.nodeName=other"]);
    tell();
    await clock.advance(1000);
    expect(outcome()).toBe("done");
  });

  it("gives up on a copy that stays behind", async () => {
    const { clock, outcome } = await lagging(false);
    await clock.advance(11_000);
    expect(outcome()).toBe("pods of node n are not seen within 10000 ms");
  });

  it("asks nothing of a server that tells at once", async () => {
    const { promise, asked, outcome } = await lagging(true);
    await promise;
    expect([outcome(), asked]).toEqual(["done", []]);
  });
});
