import type { KubeObject } from "#api/kubernetes/meta";
import { ageSince } from "#kube/apimachinery";
import { badRequest } from "../status.ts";
import { AGE, NAME } from "./columns.ts";
import type { Kind, Strategy, TablePrinter } from "./kind.ts";
import { malformationOf, type Shape } from "./shape.ts";

/** Verbs of every kind here. */
const ALL_VERBS: Kind["verbs"] = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

/** What a kind's file says of it; what is left out has the common value. */
export interface KindDefinition<T extends KubeObject> {
  /** `v1` or `group/version`. */
  readonly apiVersion: string;
  readonly kind: string;
  readonly resource: string;
  readonly shortNames?: readonly string[];
  /** `all` for what `kubectl get all` lists. */
  readonly categories?: readonly string[];
  readonly clusterScoped?: boolean;
  /** All of them when left out. */
  readonly verbs?: Kind["verbs"];
  readonly isStored?: false;
  readonly hasStatus?: boolean;
  readonly isSeldomRead?: boolean;
  readonly storedAs?: Kind["storedAs"];
  readonly conversion?: Kind["conversion"];
  readonly deletionFinalizer?: string;
  readonly scale?: Kind["scale"];
  readonly since?: string;
  readonly until?: string;
  readonly aliases?: Kind["aliases"];
  /** Shape of the whole object; without it only nulls are dropped from the first level. */
  readonly shape: Shape;
  readonly strategy?: Strategy<T>;
  /** Name and age when left out. */
  readonly table?: TablePrinter<T>;
  readonly selectableFields?: (object: T) => Readonly<Record<string, string>>;
}

const nameAndAge: TablePrinter<KubeObject> = {
  columns: [NAME, AGE],
  cells: ({ metadata }, { nowMs }) => [metadata.name, ageSince(metadata.creationTimestamp, nowMs)],
};

/** A kind with its checks: an object that is not of the shape never reaches the strategy. */
export function defineKind<T extends KubeObject>(definition: KindDefinition<T>): Kind<T> {
  const { apiVersion, kind, resource, shape, strategy = {}, selectableFields } = definition;
  const [version = "", group = ""] = apiVersion.split("/").reverse();
  return {
    group,
    version,
    kind,
    resource,
    singular: kind.toLowerCase(),
    shortNames: definition.shortNames ?? [],
    categories: definition.categories ?? [],
    namespaced: definition.clusterScoped !== true,
    verbs: definition.verbs ?? ALL_VERBS,
    hasStatus: definition.hasStatus ?? false,
    strategy: {
      ...strategy,
      applyDefaults(object, context) {
        const malformation = malformationOf(object, shape);
        if (malformation !== undefined) throw badRequest(`${kind} in version "${version}" cannot be handled as a ${kind}: ${malformation}`);
        strategy.applyDefaults?.(object, context);
      },
    },
    table: definition.table ?? nameAndAge,
    malformation: (object) => malformationOf(object, shape),
    ...(definition.isStored === undefined ? {} : { isStored: definition.isStored }),
    ...(definition.isSeldomRead === undefined ? {} : { isSeldomRead: definition.isSeldomRead }),
    ...(definition.storedAs === undefined ? {} : { storedAs: definition.storedAs }),
    ...(definition.conversion === undefined ? {} : { conversion: definition.conversion }),
    ...(definition.deletionFinalizer === undefined ? {} : { deletionFinalizer: definition.deletionFinalizer }),
    ...(definition.scale === undefined ? {} : { scale: definition.scale }),
    ...(definition.since === undefined ? {} : { since: definition.since }),
    ...(definition.until === undefined ? {} : { until: definition.until }),
    ...(definition.aliases === undefined ? {} : { aliases: definition.aliases }),
    ...(selectableFields === undefined ? {} : { selectableFields }),
  };
}
