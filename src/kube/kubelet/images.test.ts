import { describe, expect, it } from "vitest";
import { imageIdentity, imageSize, MachineImages, MAX_IMAGES, pullMs } from "./images.ts";

describe("images", () => {
  it.each([
    { image: "nginx:1.15.9", runtime: "docker", want: "nginx:1.15.9", repository: "docker-pullable://nginx" },
    { image: "nginx", runtime: "docker", want: "nginx:latest", repository: "docker-pullable://nginx" },
    { image: "nginx", runtime: "containerd", want: "docker.io/library/nginx:latest", repository: "docker.io/library/nginx" },
    { image: "nvidia/cuda:12", runtime: "containerd", want: "docker.io/nvidia/cuda:12", repository: "docker.io/nvidia/cuda" },
    {
      image: "mcr.microsoft.com/oss/nginx:1.15",
      runtime: "containerd",
      want: "mcr.microsoft.com/oss/nginx:1.15",
      repository: "mcr.microsoft.com/oss/nginx",
    },
    { image: "localhost:5000/app", runtime: "containerd", want: "localhost:5000/app:latest", repository: "localhost:5000/app" },
  ])("$image is called $want by $runtime", ({ image, runtime, want, repository }) => {
    const identity = imageIdentity(image, runtime);
    expect(identity.image).toBe(want);
    expect(identity.imageId.replace(/[0-9a-f]{64}$/, "")).toBe(`${repository}@sha256:`);
    expect(imageIdentity(image, runtime)).toEqual(identity);
  });

  it("weigh by their repository, wherever they come from", () => {
    expect(imageSize("mcr.microsoft.com/azuredocs/azure-vote-front:v1")).toBe(330_000_000);
    expect(imageSize("example.com:5000/team/nginx@sha256:00")).toBe(imageSize("nginx:1.15.9"));
    expect(imageSize("example.com/team/unheard-of")).toBe(70_000_000);
  });

  it("take the article's four seconds to pull for nginx, and little when they are there", () => {
    expect(Math.round(pullMs("nginx:1.15.9", false) / 1000)).toBe(4);
    expect(pullMs("nginx:1.15.9", true)).toBeLessThan(1_000);
    expect(pullMs("busybox", false)).toBe(800);
  });

  it("go from a machine when too many others came after them", () => {
    const images = new MachineImages();
    for (let index = 0; index < MAX_IMAGES; index++) images.use(`image-${index}`);
    images.use("image-0");
    images.use("one more");
    expect([images.has("image-0"), images.has("image-1"), images.has("one more")]).toEqual([true, false, true]);
    expect(images.list()).toHaveLength(MAX_IMAGES);
  });
});
