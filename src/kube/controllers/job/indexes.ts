/*
 * Sets of completion indexes as the API writes them: `1,3-5,7`; two that follow each other stay apart, `3,4`… become `3-5` from three on.
 * Source: kubernetes pkg/controller/job/indexed_job_utils.go, orderedIntervals.String.
 */

/** Most indexes of one job. Source: pkg/apis/batch/validation, maxParallelismForIndexedJob. */
export const MAX_INDEXES = 100_000;

/** Indexes below `completions` that the text names; what cannot be read names none. */
export function parseIndexes(text: string | undefined, completions: number): Set<number> {
  const indexes = new Set<number>();
  for (const part of (text ?? "").split(",")) {
    const [, from, to = from] = /^(\d+)(?:-(\d+))?$/.exec(part) ?? [];
    if (from === undefined || to === undefined) continue;
    for (let index = Number(from); index <= Math.min(Number(to), completions - 1, MAX_INDEXES); index++) indexes.add(index);
  }
  return indexes;
}

/** The shortest text of a set. */
export function formatIndexes(indexes: ReadonlySet<number>): string {
  const runs: { first: number; last: number }[] = [];
  for (const index of [...indexes].sort((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run !== undefined && run.last === index - 1) run.last = index;
    else runs.push({ first: index, last: index });
  }
  return runs
    .map(({ first, last }) => (last === first ? `${first}` : last === first + 1 ? `${first},${last}` : `${first}-${last}`))
    .join(",");
}
