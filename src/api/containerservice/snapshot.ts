import { type DecodeFailure, Decoder, isObject, member } from "./decode.ts";
import { encodeObject } from "./encode.ts";
import { bool, type EchoContext, type Field, object, string, stringMap, words } from "./field.ts";

/** What a snapshot was made of: an agent pool, or since 2022-02-02-preview a whole cluster. */
export type SnapshotType = "NodePool" | "ManagedCluster";

/** A snapshot's own properties as the service keeps them. */
export interface SnapshotProperties {
  readonly creationData: { readonly sourceResourceId: string };
  readonly snapshotType: SnapshotType;
  readonly kubernetesVersion?: string;
  readonly nodeImageVersion?: string;
  readonly osType?: string;
  readonly osSku?: string;
  readonly vmSize?: string;
  readonly enableFIPS?: boolean;
  readonly managedClusterPropertiesReadOnly?: Readonly<Record<string, unknown>>;
  readonly [member: string]: unknown;
}

/** Who made a resource and who changed it last. Times are RFC 3339. */
export interface SystemData {
  readonly createdBy: string;
  readonly createdByType: "User" | "Application";
  readonly createdAt: string;
  readonly lastModifiedBy: string;
  readonly lastModifiedByType: "User" | "Application";
  readonly lastModifiedAt: string;
}

const isTrue = (value: unknown, _context: EchoContext): boolean => value === true;

const creationData = object("CreationData", [{ name: "sourceResourceId", type: string, since: "2021-08-01" }]);

/** In the order of answers. Sources: swagger 2021-08-01, SnapshotProperties; recorded answers of 2022-03, which leave a false out. */
const snapshotFields: readonly Field[] = [
  { name: "creationData", type: creationData, since: "2021-08-01" },
  { name: "snapshotType", type: words("NodePool", "ManagedCluster"), since: "2021-08-01" },
  { name: "kubernetesVersion", type: string, since: "2021-08-01", readOnly: true },
  { name: "nodeImageVersion", type: string, since: "2021-08-01", readOnly: true },
  { name: "osType", type: string, since: "2021-08-01", readOnly: true },
  { name: "osSku", type: string, since: "2021-08-01", readOnly: true },
  { name: "vmSize", type: string, since: "2021-08-01", readOnly: true },
  { name: "enableFIPS", type: bool, since: "2021-08-01", readOnly: true, echo: isTrue },
  {
    name: "managedClusterPropertiesReadOnly",
    type: object("ManagedClusterPropertiesForSnapshot"),
    since: "2022-02-02-preview",
    readOnly: true,
  },
];

/** What a caller may set of a snapshot. */
export interface DecodedSnapshot {
  readonly location?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly properties: Partial<Pick<SnapshotProperties, "creationData" | "snapshotType">>;
  /** Empty when the body could be read. */
  readonly errors: readonly DecodeFailure[];
}

/** Reads the body of a PUT, or the tags of a PATCH, of a snapshot. */
export function decodeSnapshot(body: unknown, apiVersion: string): DecodedSnapshot {
  const decoder = new Decoder(apiVersion);
  const root = decoder.root(body, "Snapshot");
  const at = (path: string): { goType: string; path: string[] } => ({ goType: "Snapshot", path: [path] });
  const location = decoder.value(member(root, "location"), string, at("location"));
  const tags = decoder.value(member(root, "tags"), stringMap, at("tags"));
  const sent = decoder.value(member(root, "properties"), object("SnapshotProperties"), at("properties"));
  const properties = isObject(sent) ? decoder.object(sent, snapshotFields, { goType: "SnapshotProperties", path: ["properties"] }) : {};
  return {
    ...(typeof location === "string" && { location }),
    ...(isObject(tags) && { tags: tags as Readonly<Record<string, string>> }),
    properties,
    errors: decoder.failures,
  };
}

/** A snapshot as answers show it. Source: recorded answers of 2022-03. */
export function encodeSnapshot(
  snapshot: {
    readonly name: string;
    readonly id: string;
    readonly type: string;
    readonly location: string;
    readonly tags?: Readonly<Record<string, string>>;
    readonly systemData: SystemData;
    readonly properties: SnapshotProperties;
  },
  apiVersion: string,
): Record<string, unknown> {
  const { name, id, type, location, tags, systemData, properties } = snapshot;
  return {
    name,
    id,
    type,
    location,
    ...(tags !== undefined && { tags }),
    systemData,
    properties: encodeObject(properties, snapshotFields, { apiVersion, creating: false }),
  };
}
