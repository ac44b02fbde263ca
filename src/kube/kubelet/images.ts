import { createHash } from "node:crypto";

/**
 * Sizes of images that people often run, in bytes as registries hold them; by the last part of the name.
 * Source: manifests of the images' 2019 to 2024 tags, rounded.
 */
const SIZES: Readonly<Record<string, number>> = {
  nginx: 70_534_964,
  alpine: 3_400_000,
  busybox: 2_200_000,
  pause: 320_000,
  redis: 45_000_000,
  postgres: 155_000_000,
  mysql: 170_000_000,
  mongo: 250_000_000,
  "azure-vote-front": 330_000_000,
  "azure-vote-back": 45_000_000,
  coredns: 18_000_000,
  "kube-proxy": 33_000_000,
  "metrics-server": 19_000_000,
  "k8s-device-plugin": 90_000_000,
  "cluster-proportional-autoscaler": 16_000_000,
  "samples-tf-mnist-demo": 1_400_000_000,
};

const DEFAULT_SIZE = 70_000_000;

/** Bytes a second at which the article's machine pulls nginx in its four seconds. */
const PULL_BYTES_PER_SECOND = 17_500_000;
/** What even the smallest pull takes: asking the registry. */
const SHORTEST_PULL_MS = 800;
/** A pull that finds every layer on the machine. */
const RECHECK_MS = 400;

/** What an image weighs, in bytes. */
export function imageSize(image: string): number {
  return SIZES[repositoryOf(image)] ?? DEFAULT_SIZE;
}

/** What pulling takes on a real machine, in milliseconds. */
export function pullMs(image: string, isPresent: boolean): number {
  return isPresent ? RECHECK_MS : Math.max(Math.round((imageSize(image) / PULL_BYTES_PER_SECOND) * 1000), SHORTEST_PULL_MS);
}

/** `nginx` of `docker.io/library/nginx:1.15.9@sha256:…`. */
function repositoryOf(image: string): string {
  const path = image.split("@", 1)[0] ?? "";
  return (path.split("/").at(-1) ?? "").split(":", 1)[0] ?? "";
}

/** An image as a container runtime names it in a container's status. */
export interface ImageIdentity {
  readonly image: string;
  readonly imageId: string;
}

/** Identities by runtime and image, since every container's status has one; the same name has the same digest on every node. */
const identities = new Map<string, ImageIdentity>();
const MAX_IDENTITIES = 4096;

/**
 * How the runtime names the image. Docker keeps short names; containerd writes them out.
 * Source: pkg/kubelet/dockershim/naming.go (docker-pullable://); containerd reference/docker, familiar names.
 */
export function imageIdentity(image: string, runtime: string): ImageIdentity {
  const key = `${runtime} ${image}`;
  let identity = identities.get(key);
  if (identity === undefined) {
    if (identities.size >= MAX_IDENTITIES) identities.clear();
    identities.set(key, (identity = newIdentity(image, runtime)));
  }
  return identity;
}

function newIdentity(image: string, runtime: string): ImageIdentity {
  const digest = `sha256:${createHash("sha256").update(image).digest("hex")}`;
  const tagged = hasTag(image) ? image : `${image}:latest`;
  const repository = tagged.replace(/@.*$/, "").replace(/:[^/:]+$/, "");
  if (runtime === "docker") return { image: tagged, imageId: `docker-pullable://${repository}@${digest}` };
  const registry = isQualified(repository) ? "" : repository.includes("/") ? "docker.io/" : "docker.io/library/";
  return { image: `${registry}${tagged}`, imageId: `${registry}${repository}@${digest}` };
}

function hasTag(image: string): boolean {
  return image.includes("@") || /:[^/]+$/.test(image);
}

/** A first part with a dot or a port, or `localhost`, is a registry. */
function isQualified(repository: string): boolean {
  const [first = "", ...rest] = repository.split("/");
  return rest.length > 0 && (first.includes(".") || first.includes(":") || first === "localhost");
}

/** Images a machine keeps at most; the longest unused go first, as its garbage collection has it. */
export const MAX_IMAGES = 100;

/** The images on one machine, in order of last use. */
export class MachineImages {
  readonly #images = new Set<string>();

  has(image: string): boolean {
    return this.#images.has(image);
  }

  /** Notes that the image is there and has just been used. */
  use(image: string): void {
    this.#images.delete(image);
    this.#images.add(image);
    if (this.#images.size <= MAX_IMAGES) return;
    for (const oldest of this.#images) {
      this.#images.delete(oldest);
      return;
    }
  }

  list(): readonly string[] {
    return [...this.#images];
  }
}
