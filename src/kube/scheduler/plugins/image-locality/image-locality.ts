import { MAX_NODE_SCORE, type ScorePlugin } from "../../framework/plugin.ts";

const MEBIBYTE = 1024 * 1024;
const LEAST_BYTES = 23 * MEBIBYTE;
const MOST_BYTES_OF_CONTAINER = 1000 * MEBIBYTE;

/**
 * Prefers nodes that have the pod's images already, the larger the better; an image counts by the share of nodes that
 * have it, so that pods do not all follow the first. Source: plugins/imagelocality/image_locality.go.
 */
export const imageLocalityScore: ScorePlugin = {
  name: "ImageLocality",
  prepare({ pod: { spec } }, { cluster }) {
    const containers = [...(spec.initContainers ?? []), ...spec.containers];
    const images = containers
      .map(({ image = "" }) => withTag(image))
      .map((name) => ({ name, spread: cluster.images.nodesWith(name) / cluster.nodes.length }))
      .filter(({ spread }) => spread > 0);
    if (images.length === 0) return undefined;
    const most = MOST_BYTES_OF_CONTAINER * containers.length;
    return {
      scope: "node",
      normalization: "none",
      score(node) {
        let bytes = 0;
        for (const { name, spread } of images) bytes += Math.trunc((node.images.get(name) ?? 0) * spread);
        const bounded = Math.min(Math.max(bytes, LEAST_BYTES), most);
        return Math.floor((MAX_NODE_SCORE * (bounded - LEAST_BYTES)) / (most - LEAST_BYTES));
      },
    };
  },
};

/** Names as nodes tell them. Source: image_locality.go, normalizedImageName. */
function withTag(name: string): string {
  return name.lastIndexOf(":") <= name.lastIndexOf("/") ? `${name}:latest` : name;
}
