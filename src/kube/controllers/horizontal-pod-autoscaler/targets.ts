import type { Scale } from "#api/kubernetes/autoscaling";
import type { ResourceType } from "#api/kubernetes/meta";
import { resources } from "#api/kubernetes/resources";
import type { Informer } from "#kube/client";
import type { ControllerContext } from "../context.ts";
import { customType, type Definition, definitionType } from "../custom-types.ts";

/** Reads and sets how many of what an autoscaler scales there are, by the scale subresource of whatever kind it is. */
export class ScaleTargets {
  readonly #context: ControllerContext;
  readonly #definitions: Informer<Definition> | undefined;

  constructor(context: ControllerContext) {
    this.#context = context;
    const { group, resource } = definitionType;
    const servesDefinitions = context.resources.some((each) => each.group === group && each.resource === resource);
    this.#definitions = servesDefinitions ? context.informers.of<Definition>(definitionType as ResourceType<Definition>) : undefined;
  }

  /** The kind that a reference names; undefined when nothing of that name is served. */
  typeOf({ kind, apiVersion = "v1" }: { kind: string; apiVersion?: string }): ResourceType<Scale> | undefined {
    const group = apiVersion.includes("/") ? (apiVersion.split("/", 1)[0] ?? "") : "";
    const custom = [...(this.#definitions?.list() ?? [])].map(customType).filter((each) => each !== undefined);
    const all: readonly ResourceType[] = [...this.#context.resources, ...Object.values(resources), ...custom];
    return all.find((each) => each.group === group && each.kind === kind) as ResourceType<Scale> | undefined;
  }

  /** @throws {StatusError} as the API does. */
  read(type: ResourceType<Scale>, at: { name: string; namespace: string }): Promise<Scale> {
    return this.#context.client.get(type, at, { subresource: "scale" });
  }

  /** @throws {StatusError} Conflict when it was changed meanwhile. */
  async set(type: ResourceType<Scale>, scale: Scale, replicas: number): Promise<void> {
    const { name, namespace = "", resourceVersion } = scale.metadata;
    const body = { metadata: { resourceVersion }, spec: { replicas } };
    await this.#context.client.patch(type, { name, namespace }, { type: "merge", body }, { subresource: "scale" });
  }
}
