import type { KubeObject, ResourceType } from "#api/kubernetes/meta";
import { resources } from "#api/kubernetes/resources";
import type { PersistentVolume } from "#api/kubernetes/storage";
import { storageClassNameOf } from "#kube/apimachinery";
import type { Informer } from "#kube/client";
import type { ClusterFacts } from "../cluster-facts.ts";
import { type AssumedVolumes, claimKey } from "./assumed-volumes.ts";
import type { StoredVolumes } from "./volume-binder.ts";

/** What changed: one claim or its volume, what drivers say of one node, or anything else that has to do with volumes. */
export type VolumesChange =
  | { readonly kind: "claim"; readonly key: string }
  | { readonly kind: "csi-node"; readonly name: string }
  | { readonly kind: "any" };

export interface VolumeFactsOptions {
  readonly informer: <T extends KubeObject>(type: ResourceType<T>, indexes?: Indexes) => Informer<T>;
  readonly assumed: AssumedVolumes;
  readonly onChange: (change: VolumesChange) => void;
}

type Indexes = Readonly<Record<string, (object: KubeObject) => readonly string[]>>;

/** Claims, volumes and classes, kept current by watching them and seen with what is assumed of them. */
export interface VolumeFacts extends Pick<
  ClusterFacts,
  "volumeGeneration" | "claim" | "volume" | "volumesOfClass" | "storageClass" | "csiNode"
> {
  readonly stored: StoredVolumes;
  start(): Promise<void>;
  stop(): void;
}

export function createVolumeFacts({ informer, assumed, onChange }: VolumeFactsOptions): VolumeFacts {
  const claims = informer(resources.persistentVolumeClaims);
  const volumes = informer(resources.persistentVolumes, { [BY_CLASS]: classOf });
  const classes = informer(resources.storageClasses);
  const csiNodes = informer(resources.csiNodes);
  const all = [claims, volumes, classes, csiNodes];
  let generation = 0;
  const changed = (change: VolumesChange): void => {
    if (change.kind !== "csi-node") generation++;
    onChange(change);
  };
  const each = <T extends KubeObject>(source: Informer<T>, change: (object: T) => VolumesChange): (() => void) => {
    const tell = (object: T): void => changed(change(object));
    return source.subscribe({ add: tell, update: tell, delete: tell });
  };
  const any = (): VolumesChange => ({ kind: "any" });
  const unsubscribe = [
    each(claims, (claim) => ({ kind: "claim", key: claimKey(claim) })),
    each(volumes, ({ spec: { claimRef } }) =>
      claimRef?.name === undefined ? any() : { kind: "claim", key: `${claimRef.namespace ?? ""}/${claimRef.name}` },
    ),
    each(classes, any),
    each(csiNodes, ({ metadata }) => ({ kind: "csi-node", name: metadata.name })),
  ];
  const seen = <T>(object: T | undefined, as: (object: T) => T): T | undefined => (object === undefined ? undefined : as(object));
  return {
    get volumeGeneration() {
      return generation + assumed.version;
    },
    claim: (namespace, name) => seen(claims.get(`${namespace}/${name}`), (claim) => assumed.claim(claim)),
    volume: (name) => seen(volumes.get(name), (volume) => assumed.volume(volume)),
    *volumesOfClass(name) {
      for (const volume of volumes.byIndex(BY_CLASS, name)) yield assumed.volume(volume);
    },
    storageClass: (name) => classes.get(name),
    csiNode: (name) => csiNodes.get(name),
    stored: { claim: (key) => claims.get(key), volume: (name) => volumes.get(name) },
    async start() {
      await Promise.all(all.map((one) => one.start()));
    },
    stop() {
      for (const stop of unsubscribe) stop();
      for (const one of all) one.stop();
    },
  };
}

const BY_CLASS = "class";

/** Volumes without a class are under the empty name. */
function classOf(volume: KubeObject): readonly string[] {
  return [storageClassNameOf(volume as PersistentVolume) ?? ""];
}
