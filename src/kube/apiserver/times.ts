let cachedSecond = Number.NaN;
let cachedText = "";

/** meta/v1 Time: RFC 3339 with seconds, in UTC. */
export function timestamp(ms: number): string {
  const second = Math.floor(ms / 1000);
  if (second !== cachedSecond) {
    cachedSecond = second;
    cachedText = `${new Date(second * 1000).toISOString().slice(0, 19)}Z`;
  }
  return cachedText;
}
