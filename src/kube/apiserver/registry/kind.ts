import type { KubeObject } from "#api/kubernetes/meta";
import type { ObjectSchema } from "#api/kubernetes/schema";
import type { FieldError } from "#kube/apimachinery";

import type { ClientConfigSpec } from "./admissionregistration/client-config.ts";

export type { FieldError } from "#kube/apimachinery";

/** What a strategy may look at beside the object. */
export interface StrategyContext {
  readonly nowMs: number;
  /** What stands for the time since an object's creation in its row, when the row is to be kept for other times. */
  readonly ageMark?: string;
  /** Version of the cluster, `1.12.6`: behaviour and wording follow it. */
  readonly version: string;
}

export interface Column {
  /** `Name`, `Ready`, `Nominated Node`; clients print it in capitals. */
  readonly name: string;
  readonly type: "string" | "integer" | "boolean" | "date";
  /** `name` for the first column. */
  readonly format?: string;
  readonly description: string;
  /** 1 for columns of `-o wide`. */
  readonly priority: 0 | 1;
  /** The first release, `1.35`, that does not have it any more. */
  readonly until?: string;
}

export type Cell = string | number | boolean | null;

export interface TablePrinter<T extends KubeObject> {
  readonly columns: readonly Column[];
  cells(object: T, context: StrategyContext): readonly Cell[];
  /** The order of rows where it is not that of the list. */
  order?(left: T, right: T): number;
  /** `Completed` for pods that have ended. */
  conditions?(object: T): readonly { type: string; status: string; reason: string; message?: string }[];
}

/** What is particular to a kind when it is written. Functions that may change the object get a private copy. */
export interface Strategy<T extends KubeObject> {
  /**
   * Fills what the caller left out; runs first on create and update, and is idempotent. Quantities become canonical, nulls go.
   * @throws {StatusError} BadRequest for an object that is not of the kind's shape (a text where a list belongs).
   */
  applyDefaults?(object: T, context: StrategyContext): void;
  /** Clears and stamps what callers may not set. */
  prepareForCreate?(object: T, context: StrategyContext): void;
  /** Keeps what this call may not change. */
  prepareForUpdate?(object: T, previous: T, context: StrategyContext): void;
  /** Keeps or adds what a write of `/status` may not say itself; the object has its next status. */
  prepareForStatusUpdate?(object: T, previous: T, context: StrategyContext): void;
  validate?(object: T, context: StrategyContext): readonly FieldError[];
  /** What only a new object may not have. */
  validateCreate?(object: T): readonly FieldError[];
  validateUpdate?(object: T, previous: T, context: StrategyContext): readonly FieldError[];
}

/** A kind that the API server serves, at one version. */
export interface Kind<T extends KubeObject = KubeObject> {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** Lower-case plural. */
  readonly resource: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  /** Another group's name for the same stored objects: events.k8s.io/v1 keeps its objects with core events. */
  readonly storedAs?: { readonly group: string; readonly resource: string };
  /** False for what is answered from something else than objects of its own. */
  readonly isStored?: false;
  readonly verbs: readonly ("create" | "delete" | "deletecollection" | "get" | "list" | "patch" | "update" | "watch")[];
  /** Has `/status`: then `status` is dropped from other writes and `generation` counts changes of the rest. */
  readonly hasStatus: boolean;
  /** Objects are many and seldom read: only their bytes are kept in memory. */
  readonly isSeldomRead?: boolean;
  /** Has `/scale`: where in the object the numbers are. */
  readonly scale?: { readonly specReplicas: string; readonly statusReplicas: string; readonly selector?: string };
  /** Added when somebody deletes an object, so that it waits for what is left of it. */
  readonly deletionFinalizer?: string;
  readonly strategy: Strategy<T>;
  readonly table: TablePrinter<T>;
  /** Field selectors beside `metadata.name` and `metadata.namespace`. */
  selectableFields?(object: T): Readonly<Record<string, string>>;
  /**
   * What Kubernetes' decoder says of an object that is not of the kind's shape, status included; nothing when it is. Also
   * makes quantities canonical and drops nulls, in place. For writes that do not apply defaults: `/status`.
   */
  malformation?(object: KubeObject): string | undefined;
  /**
   * For kinds with {@link storedAs} whose fields have other names there. Both directions return a new object. The stored
   * kind's strategy holds for them; their own shape speaks of the wire form, their table and selectable fields of either.
   */
  readonly conversion?: { toStored(object: KubeObject): KubeObject; fromStored(object: KubeObject): KubeObject };
  /** Of custom kinds: the definition's fields, what documents say of it, and whether this version is served; one may only be stored. */
  readonly isCustom?: boolean;
  readonly isServed?: boolean;
  readonly schema?: ObjectSchema;
  readonly published?: Published;
  /** Of custom kinds: what this version's schema has of an object that comes from another version; a new object. */
  coerce?(object: KubeObject): KubeObject;
  /** Of custom kinds: who turns objects of one version into those of another; they are only renamed when absent. */
  readonly conversionWebhook?: ConversionWebhook;
  /** The first release that serves it, `1.29`; every one before {@link until} when absent. */
  readonly since?: string;
  /** The first release that does not serve it any more. */
  readonly until?: string;
  /** Older wire versions of the same kind, converted by renaming `apiVersion` only. */
  readonly aliases?: readonly Alias[];
}

/** What OpenAPI documents say of a custom kind. */
export interface Published {
  /** As the definition has it; undefined where it has none. */
  readonly schema: unknown;
  readonly keepsUnknown: boolean;
  /** Paths, `.spec.color`. */
  readonly selectableFields: readonly string[];
  readonly plural: string;
  readonly listKind: string;
}

/** Source: apiextensions-apiserver pkg/apis/apiextensions/v1/types.go, WebhookConversion. */
export interface ConversionWebhook {
  readonly clientConfig: ClientConfigSpec;
  readonly reviewVersions: readonly string[];
}

/** An older version of a kind, and the releases that serve it. */
export interface Alias {
  /** `v1beta1`. */
  readonly version: string;
  /** The first release, `1.26`; every one before {@link until} when absent. */
  readonly since?: string;
  /** The first release that does not serve it any more. */
  readonly until: string;
}
