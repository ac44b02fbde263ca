/** What a check has found. */
export interface Finding {
  /** What was looked at, one word or two. */
  readonly about: string;
  /** `fail` keeps something from working, `warn` may. */
  readonly status: "ok" | "warn" | "fail";
  /** One sentence. */
  readonly message: string;
  /** What to type or do; absent when there is nothing to mend. */
  readonly mend?: string;
}

export const ok = (about: string, message: string): Finding => ({ about, status: "ok", message });
export const warn = (about: string, message: string, mend: string): Finding => ({ about, status: "warn", message, mend });
export const fail = (about: string, message: string, mend: string): Finding => ({ about, status: "fail", message, mend });

const SIGNS = { ok: "✓", warn: "!", fail: "✗" } as const;
const COLORS = { ok: "\u001B[32m", warn: "\u001B[33m", fail: "\u001B[31m" } as const;
const END = "\u001B[0m";

/** The findings as aligned lines, each with how to mend it below. */
export function findingsText(findings: readonly Finding[], colored: boolean): string {
  const width = Math.max(...findings.map(({ about }) => about.length));
  const lines = findings.flatMap(({ about, status, message, mend }) => {
    const sign = colored ? `${COLORS[status]}${SIGNS[status]}${END}` : SIGNS[status];
    const first = `${sign} ${about.padEnd(width)}  ${message}`;
    return mend === undefined ? [first] : [first, `${" ".repeat(width + 4)}→ ${mend}`];
  });
  return `${lines.join("\n")}\n`;
}

/** The findings for programs. */
export function findingsJson(findings: readonly Finding[]): string {
  return `${JSON.stringify({ ok: isHealthy(findings), findings }, undefined, 2)}\n`;
}

/** Whether nothing fails; warnings may be there. */
export function isHealthy(findings: readonly Finding[]): boolean {
  return findings.every(({ status }) => status !== "fail");
}
