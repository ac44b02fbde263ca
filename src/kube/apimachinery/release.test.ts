import { expect, it } from "vitest";
import { isReleaseAtLeast } from "./release.ts";

it.each([
  { name: "the same release", version: "1.12.6", minimum: "1.12.6", want: true },
  { name: "a later patch", version: "1.12.7", minimum: "1.12.6", want: true },
  { name: "an earlier patch", version: "1.34.1", minimum: "1.34.2", want: false },
  { name: "numbers, not texts", version: "1.9.11", minimum: "1.12", want: false },
  { name: "a minor stands for its first patch", version: "v1.24.0", minimum: "1.24", want: true },
  { name: "what follows a dash does not count", version: "v1.35.0-aks.1", minimum: "1.35.0", want: true },
])("isReleaseAtLeast: $name", ({ version, minimum, want }) => {
  expect(isReleaseAtLeast(version, minimum)).toBe(want);
});
