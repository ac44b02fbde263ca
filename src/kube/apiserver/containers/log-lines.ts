/** Lines that are kept of a script. */
const MAX_LINES = 10_000;
/** A line that is written some time after the start: `+30s ready`. */
const TIMED = /^\+(\d{1,8})(ms|s|m|h) ?(.*)$/;
const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** One line that a container writes. */
export interface LogLine {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  readonly text: string;
}

/** One run of a container, as its status tells. */
export interface ContainerRun {
  readonly startedMs: number;
  /** Undefined while it runs. */
  readonly finishedMs: number | undefined;
}

/**
 * The lines of a run, in the order of their time. A line is written when the container starts, or so long after it as it says itself:
 * `+5s listening`. What would come after the end is never written.
 */
export function logLines(script: string, { startedMs, finishedMs }: ContainerRun): LogLine[] {
  const texts = script.split("\n", MAX_LINES + 1);
  if (texts.at(-1) === "") texts.pop();
  const lines = texts.slice(0, MAX_LINES).map((line) => {
    const [, amount, unit = "", text] = TIMED.exec(line) ?? [];
    const afterMs = amount === undefined ? 0 : Number(amount) * (UNIT_MS[unit] ?? 0);
    return { atMs: startedMs + afterMs, text: text ?? line };
  });
  return lines.filter(({ atMs }) => finishedMs === undefined || atMs <= finishedMs).sort((one, other) => one.atMs - other.atMs);
}

/** What a caller wants to see. Source: pkg/apis/core/types.go, PodLogOptions. */
export interface LogOptions {
  readonly follow: boolean;
  readonly previous: boolean;
  readonly timestamps: boolean;
  /** Nothing from before then. */
  readonly sinceMs: number | undefined;
  readonly tailLines: number | undefined;
  readonly limitBytes: number | undefined;
}

/** A line as it is sent. Source: pkg/kubelet/kuberuntime/logs/logs.go, timeFormatOut (RFC 3339 with nine digits). */
export function renderLine({ atMs, text }: LogLine, timestamps: boolean): string {
  return timestamps ? `${new Date(atMs).toISOString().replace("Z", "000000Z")} ${text}\n` : `${text}\n`;
}

/** The lines that are asked for of those that are written by now. Source: pkg/kubelet/kuberuntime/logs/logs.go, ReadLogs. */
export function selectLines(lines: readonly LogLine[], { sinceMs, tailLines }: LogOptions, nowMs: number): LogLine[] {
  const written = lines.filter(({ atMs }) => atMs <= nowMs);
  // The tail is taken of everything, then the time counts.
  const tail = tailLines === undefined ? written : written.slice(Math.max(written.length - tailLines, 0));
  return sinceMs === undefined ? tail : tail.filter(({ atMs }) => atMs >= sinceMs);
}
