import type { KubeObject } from "#api/kubernetes/meta";
import type { Author } from "../../field-management.ts";
import { asObject, asStored } from "../../object-meta.ts";
import type { StrategyContext } from "../../registry/kind.ts";
import { type Resource, shown } from "../../resources.ts";
import { storable } from "../../storage/codec.ts";

export type Operation = "CREATE" | "UPDATE" | "DELETE" | "CONNECT";

/** A kind as a wire names it. */
export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** How what is written is shown to others, and taken back from them. */
export interface Form {
  readonly kind: (of: Resource) => GroupVersionKind;
  show(of: Resource, object: KubeObject): KubeObject;
  /** @throws {StatusError} for what is not of the kind. */
  take(of: Resource, sent: KubeObject, object: KubeObject): KubeObject;
}

/** A call that others have a say in. Source: apiserver pkg/admission/interfaces.go, Attributes. */
export interface ReviewedCall {
  readonly operation: Operation;
  readonly resource: Resource;
  /** Empty for the resource itself. */
  readonly subresource: string;
  /** Empty while a new object has none. */
  readonly name: string;
  readonly namespace: string;
  readonly author: Author;
  readonly dryRun: boolean;
  readonly form: Form;
  /** What is there before; as stored. */
  readonly previous?: KubeObject;
  /** CreateOptions and their like; absent for connections. */
  readonly options?: object;
}

/** What others have to say of one call. Objects are as they are stored. */
export interface Review {
  /** The object as they want it; the same one where they leave it alone. @throws {StatusError} as they refuse. */
  mutate(object: KubeObject | undefined): Promise<KubeObject | undefined>;
  /** @throws {StatusError} as they refuse. */
  validate(object: KubeObject | undefined): Promise<void>;
}

/** Those beside the server who have a say in writes: what the API's users configure. */
export interface Reviews {
  /** Undefined where nobody is asked of such calls, which is the usual case and costs nothing. */
  of(resource: Resource, call: () => ReviewedCall): Review | undefined;
  /** Ends its connections. */
  stop(): void;
}

/** A resource's own objects, in the version that somebody asks for. */
export function ownForm(context: StrategyContext): Form {
  return {
    kind: ({ group, version, kind }) => ({ group, version, kind: kind.kind }),
    show: shown,
    take(of, sent) {
      const object = storable(asStored(of, asObject(of, sent)), of.storedApiVersion, of.storedKind);
      of.strategy.applyDefaults?.(object, context);
      return object;
    },
  };
}

/** Bodies of a subresource, which are stored nowhere. */
export function bodyForm(kind: GroupVersionKind): Form {
  return { kind: () => kind, show: (_, object) => object, take: (_, sent) => sent };
}

/** The options of a write as they were asked for. Source: apimachinery pkg/apis/meta/v1/types.go. */
export function writeOptions(kind: string, { asked = {} }: Author, dryRun: boolean): object {
  const { fieldManager, fieldValidation, force } = asked;
  return {
    kind,
    apiVersion: "meta.k8s.io/v1",
    ...(dryRun && { dryRun: ["All"] }),
    ...(force !== undefined && { force: force === "true" }),
    ...(fieldManager !== undefined && fieldManager !== "" && { fieldManager }),
    ...(fieldValidation !== undefined && fieldValidation !== "" && { fieldValidation }),
  };
}
