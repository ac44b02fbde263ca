import { invalidImageName } from "../image-failures.ts";
import type { NodeRuntime } from "../nodes/node-runtime.ts";
import { type ContainerRecord, imageOf } from "./containers.ts";

/** Why an image is not even asked for, with the reason of the event that says so. */
export interface ImageFailure {
  readonly reason: "InvalidImageName" | "ErrImageNeverPull";
  readonly event: "InspectFailed" | "ErrImageNeverPull";
  readonly message: string;
}

/** Source: pkg/kubelet/images/image_manager.go, EnsureImageExists. */
export function imageFailure({ node }: { readonly node: NodeRuntime }, container: ContainerRecord): ImageFailure | undefined {
  const image = imageOf(container);
  const invalid = invalidImageName(image);
  if (invalid !== undefined)
    return { reason: "InvalidImageName", event: "InspectFailed", message: node.release.invalidImage(image, invalid) };
  if (container.container.imagePullPolicy !== "Never" || node.images.has(image)) return undefined;
  const message = `Container image "${image}" is not present with pull policy of Never`;
  return { reason: "ErrImageNeverPull", event: "ErrImageNeverPull", message };
}
