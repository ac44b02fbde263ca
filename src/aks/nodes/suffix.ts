/**
 * The eight digits in a scale set's name: `28993262` in `aks-nodepool1-28993262-vmss`.
 *
 * The text's FNV-1a hash (64 bits) seeds Go's random numbers; the first number's first eight digits are the suffix:
 *   "myAKSClust-myResourceGroup-19da35"  →  28993262
 * Go's first number after seeding is the sum of two of its 607 words of state, so only those two are computed here.
 *
 * Source: Azure/aks-engine pkg/api/types.go, GetClusterID; golang/go src/math/rand/rng.go.
 */
const DIGITS = 8;

const FNV_OFFSET = 0xcbf2_9ce4_8422_2325n;
const FNV_PRIME = 0x100_0000_01b3n;

/** The generator that fills the state: x → 48271·x mod (2³¹ − 1). */
const MULTIPLIER = 48_271;
const MODULUS = 2 ** 31 - 1;
const SEED_FOR_ZERO = 89_482_311;
/** Steps that are thrown away before the first word; each word takes three. */
const WARM_UP = 20;

/** The two words that the first number is the sum of, and what Go mixes into each. */
const FEED = { index: 333, mixed: BigInt.asUintN(64, -4_633_371_852_008_891_965n) } as const;
const TAP = { index: 606, mixed: 4_152_330_101_494_654_406n } as const;

/** The digits for a text; the same text always has the same. */
export function nameSuffix(text: string): string {
  const seed = Number(BigInt.asIntN(64, fnv1a(text)) % BigInt(MODULUS));
  return firstNumber(seed < 0 ? seed + MODULUS : seed)
    .toString()
    .padStart(DIGITS, "0")
    .slice(0, DIGITS);
}

function fnv1a(text: string): bigint {
  let hash = FNV_OFFSET;
  for (const byte of new TextEncoder().encode(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * FNV_PRIME);
  return hash;
}

/** Go's first Uint32 after `Seed(seed)`, for a seed of 0 to 2³¹ − 2. */
function firstNumber(seed: number): number {
  let x = seed === 0 ? SEED_FOR_ZERO : seed;
  const next = (): bigint => {
    x = (MULTIPLIER * x) % MODULUS;
    return BigInt(x);
  };
  for (let step = 0; step < WARM_UP; step++) next();
  let sum = 0n;
  for (let index = 0; index <= TAP.index; index++) {
    const word = (next() << 40n) ^ (next() << 20n) ^ next();
    if (index === FEED.index) sum += word ^ FEED.mixed;
    if (index === TAP.index) sum += word ^ TAP.mixed;
  }
  return Number(BigInt.asUintN(63, sum) >> 31n);
}
