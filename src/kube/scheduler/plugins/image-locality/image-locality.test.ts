import { describe, expect, it } from "vitest";
import { SchedulerCache } from "../../cache.ts";
import { scoresOn } from "../../testing/cluster-of-nodes.ts";
import { makeNode, makePod } from "../../testing/objects.ts";

const MEBIBYTE = 1024 * 1024;
const image = (name: string, mebibytes: number): { names: string[]; sizeBytes: number } => ({
  names: [name],
  sizeBytes: mebibytes * MEBIBYTE,
});

/** Source: kubernetes/kubernetes pkg/scheduler/framework/plugins/imagelocality/image_locality_test.go: sizes, shares and thresholds. */
const ROWS = [
  { name: "prefers the larger image", images: ["gcr.io/40", "gcr.io/250"], want: { n1: 0, n2: 5 } },
  { name: "an image of both nodes and one of one", images: ["gcr.io/40", "gcr.io/300"], want: { n1: 7, n2: 0 } },
  { name: "a small image is not worth a move", images: ["gcr.io/10"], want: { n1: 0, n2: 0 } },
  { name: "images that no node has", images: ["gcr.io/none"], want: {} },
  { name: "the tag is latest when there is none, also behind a port", images: ["localhost:5000/250"], want: { n1: 0, n2: 10 } },
];

describe("ImageLocality", () => {
  it.each(ROWS)("$name", ({ images, want }) => {
    const cache = new SchedulerCache();
    const withImages = (name: string, list: ReturnType<typeof image>[]): void => {
      const node = makeNode(name);
      cache.setNode({ ...node, status: { ...node.status, images: list } });
    };
    withImages("n1", [image("gcr.io/40:latest", 40), image("gcr.io/300:latest", 300)]);
    withImages("n2", [image("gcr.io/250:latest", 250), image("localhost:5000/250:latest", 250), image("gcr.io/10:latest", 10)]);
    const containers = images.map((name, index) => ({ name: `c${index}`, image: name }));
    expect(scoresOn(cache, makePod("new", { containers }), "ImageLocality")).toEqual(want);
  });

  it("follows what nodes tell of their images", () => {
    const cache = new SchedulerCache();
    const tell = (name: string, list: ReturnType<typeof image>[]): void => {
      const node = makeNode(name);
      cache.setNode({ ...node, status: { ...node.status, images: list } });
    };
    const pod = makePod("new", { containers: [{ name: "main", image: "web" }] });
    tell("n1", []);
    tell("n2", [image("web:latest", 1000)]);
    expect(scoresOn(cache, pod, "ImageLocality")).toEqual({ n1: 0, n2: 48 });
    tell("n1", [image("web:latest", 1000)]);
    expect(scoresOn(cache, pod, "ImageLocality")).toEqual({ n1: 100, n2: 100 });
    tell("n1", []);
    cache.removeNode("n2");
    expect(scoresOn(cache, pod, "ImageLocality")).toEqual({});
  });
});
