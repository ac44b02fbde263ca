import { describe, expect, it } from "vitest";
import { kubeletRelease } from "./release.ts";

describe("texts of a kubelet", () => {
  it.each([
    { version: "v1.12.6", pulling: 'pulling image "x"', pulled: 'Successfully pulled image "x"' },
    { version: "v1.14.0", pulling: 'Pulling image "x"', pulled: 'Successfully pulled image "x"' },
    { version: "v1.20.7", pulling: 'Pulling image "x"', pulled: 'Successfully pulled image "x" in 4.031s' },
    { version: "v1.28.5", pulling: 'Pulling image "x"', pulled: 'Successfully pulled image "x" in 4.031s (4.031s including waiting)' },
    {
      version: "v1.31.1",
      pulling: 'Pulling image "x"',
      pulled: 'Successfully pulled image "x" in 4.031s (4.031s including waiting). Image size: 70534964 bytes.',
    },
  ])("of $version about a pull", ({ version, pulling, pulled }) => {
    const release = kubeletRelease(version);
    expect([release.pulling("x"), release.pulled("x", 4031, 70_534_964)]).toEqual([pulling, pulled]);
  });

  it.each([
    { version: "v1.12.6", created: "Created container", started: "Started container" },
    { version: "v1.15.0", created: "Created container web", started: "Started container web" },
    { version: "v1.33.2", created: "Created container: web", started: "Started container web" },
    { version: "v1.35.0", created: "Container created", started: "Container started" },
  ])("of $version about a container", ({ version, created, started }) => {
    const release = kubeletRelease(version);
    expect([release.created("web"), release.started("web")]).toEqual([created, started]);
  });

  it.each([
    { version: "v1.12.6", want: "Killing container with id docker://web:Need to kill Pod" },
    { version: "v1.14.3", want: "Stopping container web" },
  ])("of $version about an end", ({ version, want }) => {
    expect(kubeletRelease(version).killing("web", "docker://web")).toBe(want);
  });

  it("count short pulls in milliseconds", () => {
    expect(kubeletRelease("v1.25.0").pulled("x", 870.4, 1)).toBe('Successfully pulled image "x" in 870ms');
  });

  it.each([
    { version: "v1.12.6", osImage: "Ubuntu 16.04.6 LTS", want: "kubelet is posting ready status. AppArmor enabled" },
    { version: "v1.12.6", osImage: "CBL-Mariner/Linux", want: "kubelet is posting ready status" },
    { version: "v1.31.0", osImage: "Ubuntu 22.04.4 LTS", want: "kubelet is posting ready status" },
  ])("of $version on $osImage about being ready", ({ version, osImage, want }) => {
    expect(kubeletRelease(version).readyMessage(osImage)).toBe(want);
  });
});
