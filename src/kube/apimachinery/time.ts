/** The second that was written last: most times of one moment are written together. */
let lastSecond = Number.NaN;
let lastText = "";

/** Milliseconds since the epoch as Kubernetes writes `metav1.Time`: `2019-05-17T12:00:00Z`, seconds cut off. */
export function formatTime(ms: number): string {
  const second = Math.floor(ms / 1000);
  if (second === lastSecond) return lastText;
  lastText = `${new Date(ms).toISOString().slice(0, 19)}Z`;
  lastSecond = second;
  return lastText;
}

/** Milliseconds since the epoch as Kubernetes writes `metav1.MicroTime`: `2019-05-17T12:00:00.123000Z`. */
export function formatMicroTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 23)}000Z`;
}

const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** Milliseconds since the epoch of an RFC 3339 text, or nothing when it is none. */
export function parseTime(text: string | null | undefined): number | undefined {
  if (text === null || text === undefined || !RFC3339.test(text)) return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}

function pair(large: string, small: number, unit: string): string {
  return small === 0 ? large : `${large}${small}${unit}`;
}

/**
 * A duration with two or three significant digits, as ages are printed: `5m10s`, `23h`, `2d5h`.
 * Negative durations of less than two seconds are clocks that differ a little; longer ones are `<invalid>`.
 *
 * Source: apimachinery pkg/util/duration/duration.go, HumanDuration.
 */
export function humanDuration(ms: number): string {
  const seconds = Math.trunc(ms / 1000);
  if (seconds < -1) return "<invalid>";
  if (seconds < 0) return "0s";
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.trunc(seconds / 60);
  if (minutes < 10) return pair(`${minutes}m`, seconds % 60, "s");
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.trunc(minutes / 60);
  if (hours < 8) return pair(`${hours}h`, minutes % 60, "m");
  if (hours < 48) return `${hours}h`;
  const days = Math.trunc(hours / 24);
  if (days < 8) return pair(`${days}d`, hours % 24, "h");
  if (days < 2 * 365) return `${days}d`;
  const years = Math.trunc(days / 365);
  return years < 8 ? pair(`${years}y`, days % 365, "d") : `${years}y`;
}

/** The age of something since `timestamp`, `<unknown>` without one. Source: pkg/printers/internalversion, translateTimestampSince. */
export function ageSince(timestamp: string | null | undefined, nowMs: number): string {
  const since = parseTime(timestamp);
  return since === undefined ? "<unknown>" : humanDuration(nowMs - since);
}

/** Whether there is a time zone of that name, `Europe/Berlin`. */
export function isTimeZone(name: string): boolean {
  try {
    return Intl.DateTimeFormat("en", { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}
