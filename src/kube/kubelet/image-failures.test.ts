import { describe, expect, it } from "vitest";
import { invalidImageName, pullFailureOf, pullFailureText } from "./image-failures.ts";

describe("names of images", () => {
  it.each([
    { image: "nginx", want: undefined },
    { image: "nginx:1.25", want: undefined },
    { image: "localhost:5000/team/app_1:v1.2-rc.3", want: undefined },
    { image: "mcr.microsoft.com/oss/v2/kubernetes/coredns:v1.9.4", want: undefined },
    { image: `MyRegistry.azurecr.io/app@sha256:${"0".repeat(64)}`, want: undefined },
    { image: "Nginx:1", want: "invalid reference format: repository name (library/Nginx) must be lowercase" },
    { image: "nginx:", want: "invalid reference format" },
    { image: "a b", want: "invalid reference format" },
    { image: "", want: "invalid reference format" },
    { image: "a".repeat(600), want: "invalid reference format" },
  ])("$image: $want", ({ image, want }) => {
    expect(invalidImageName(image)).toBe(want);
  });

  it.each([
    { image: "registry.invalid/app", want: "unreachable" },
    { image: "registry.invalid:5000/app", want: "unreachable" },
    { image: "app.invalid", want: undefined },
    { image: "example.com/x.invalid/app", want: undefined },
  ])("$image is $want by its name", ({ image, want }) => {
    expect(pullFailureOf(image)).toBe(want);
  });

  it("cannot be pulled, in Docker's words", () => {
    const text = (failure: "not-found" | "denied" | "unreachable"): string =>
      pullFailureText(failure, { image: "example.com/app:1", reference: "example.com/app:1", runtime: "docker" });
    const daemon = "rpc error: code = Unknown desc = Error response from daemon: ";
    expect(text("not-found")).toBe(`${daemon}manifest for example.com/app:1 not found`);
    expect(text("denied")).toBe(`${daemon}pull access denied for example.com/app, repository does not exist or may require 'docker login'`);
    expect(text("unreachable")).toBe(
      `${daemon}Get https://example.com/v2/: dial tcp: lookup example.com on 168.63.129.16:53: no such host`,
    );
  });
});
