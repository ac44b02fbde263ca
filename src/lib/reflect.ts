/**
 * The three metadata functions that a dependency of the certificate library looks for on `Reflect` when it is loaded.
 * The library keeps nothing but its own constructors there, so a weak map per target is enough.
 */
type Metadata = Map<unknown, unknown>;
type MetadataKeeper = typeof Reflect & {
  getMetadata?: (key: unknown, target: object) => unknown;
  getOwnMetadata?: (key: unknown, target: object) => unknown;
  defineMetadata?: (key: unknown, value: unknown, target: object) => void;
};

/** Adds the functions; leaves alone what another module has put there. */
export function installMetadata(): void {
  const keeper: MetadataKeeper = Reflect;
  if (keeper.getMetadata !== undefined) return;
  const kept = new WeakMap<object, Metadata>();
  const get = (key: unknown, target: object): unknown => kept.get(target)?.get(key);
  keeper.getMetadata = get;
  keeper.getOwnMetadata = get;
  keeper.defineMetadata = (key, value, target) => {
    const metadata = kept.get(target) ?? new Map<unknown, unknown>();
    metadata.set(key, value);
    kept.set(target, metadata);
  };
}
