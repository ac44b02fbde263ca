import { openDocuments } from "#store";
import { POOLS_PREFIX, type StoredPool } from "../documents.ts";
import type { World } from "./world.ts";

export const NEWEST_IMAGE = "AKSUbuntu-2204gen2containerd-202607.09.0";
export const OLD_IMAGE = "AKSUbuntu-2204gen2containerd-202401.09.2";

/** Makes pool `two` and its machines as an earlier release of the program left them: with an older image. */
export async function ageImages(world: World): Promise<void> {
  await world.stop();
  const pools = await openDocuments<StoredPool>(world.store, POOLS_PREFIX);
  for (const { id, value } of pools.list().filter(({ id }) => id.endsWith("/two"))) {
    await pools.update(id, () => ({ ...value, properties: { ...value.properties, nodeImageVersion: OLD_IMAGE } }));
  }
  const { pairs } = await world.store.range({ prefix: "/compute/instances/" });
  for (const { key, value } of pairs.filter(({ key }) => key.includes("aks-two-"))) {
    const text = Buffer.from(value).toString().replaceAll(NEWEST_IMAGE, OLD_IMAGE);
    await world.store.transact([], [{ kind: "put", key, value: Buffer.from(text) }]);
  }
  pools.close();
  await world.restart();
}
