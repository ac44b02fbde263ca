import type { NodeState } from "../node-state.ts";
import type { PodToPlace } from "../pod-to-place.ts";
import { SCORES } from "../plugins/registry.ts";
import { type Comparison, MAX_NODE_SCORE, type Normalization, type PreparedScore } from "./plugin.ts";

interface WeightedScore {
  readonly plugin: string;
  readonly prepared: PreparedScore;
  readonly weight: number;
}

/** All scores made ready for one pod. */
export type PreparedScores = readonly WeightedScore[];

/** Makes the scores ready for a pod; those that like all nodes alike fall away. */
export function prepareScores(pod: PodToPlace, comparison: Comparison): PreparedScores {
  return comparison.profile.scores.flatMap(({ name, weight }) => {
    const prepared = SCORES[name].prepare(pod, comparison);
    return prepared === undefined ? [] : [{ plugin: name, prepared, weight }];
  });
}

export type TellScores = (plugin: string, weight: number, scores: Float64Array) => void;

/** Room for the scores of one pod after another, so that none is made anew for each. */
export class ScoreBoard {
  #totals = new Float64Array(0);
  #raw = new Float64Array(0);

  /**
   * The total of each node, in the order of `nodes`: per plugin the raw scores, made 0…100 over these nodes, times the
   * weight. Scores that are the same for a class are worked out once per class. The answer holds until the next call.
   * Source: pkg/scheduler/framework/runtime/framework.go, RunScorePlugins.
   *
   * @param tell gets each plugin's own part, before its weight; the array holds until it returns.
   */
  scoreNodes(prepared: PreparedScores, nodes: readonly NodeState[], tell?: TellScores): Float64Array {
    if (this.#raw.length < nodes.length) this.#raw = new Float64Array(nodes.length * 2);
    if (this.#totals.length !== nodes.length) this.#totals = new Float64Array(nodes.length);
    const totals = this.#totals.fill(0);
    const raw = this.#raw;
    for (const { plugin, prepared: score, weight } of prepared) {
      if (score.scope === "class") fillByClass(score, nodes, raw);
      else fillByNode(score, nodes, raw);
      NORMALIZE[score.normalization](raw, nodes.length);
      tell?.(plugin, weight, raw);
      for (let index = 0; index < totals.length; index++) totals[index] = (totals[index] as number) + weight * (raw[index] as number);
    }
    return totals;
  }
}

function fillByNode(score: PreparedScore, nodes: readonly NodeState[], raw: Float64Array): void {
  for (let index = 0; index < nodes.length; index++) raw[index] = score.score(nodes[index] as NodeState);
}

function fillByClass(score: PreparedScore, nodes: readonly NodeState[], raw: Float64Array): void {
  const known: number[] = [];
  for (let index = 0; index < nodes.length; index++) {
    const node = nodes[index] as NodeState;
    const classIndex = node.nodeClass?.index ?? 0;
    raw[index] = known[classIndex] ??= score.score(node);
  }
}

const NORMALIZE: Readonly<Record<Normalization, (raw: Float64Array, count: number) => void>> = {
  none: () => undefined,
  max: (raw, count) => normalize(raw, count, false),
  reverse: (raw, count) => normalize(raw, count, true),
  range: normalizeRange,
  fewest: normalizeFewest,
};

/** Source: plugins/helper/normalize_score.go, DefaultNormalizeScore. */
function normalize(raw: Float64Array, count: number, isReverse: boolean): void {
  let largest = 0;
  for (let index = 0; index < count; index++) largest = Math.max(largest, raw[index] as number);
  for (let index = 0; index < count; index++) {
    const share = largest === 0 ? 0 : Math.floor((MAX_NODE_SCORE * (raw[index] as number)) / largest);
    raw[index] = isReverse ? MAX_NODE_SCORE - share : share;
  }
}

/** Source: plugins/interpodaffinity/scoring.go, NormalizeScore. */
function normalizeRange(raw: Float64Array, count: number): void {
  let least = Infinity;
  let largest = -Infinity;
  for (let index = 0; index < count; index++) {
    least = Math.min(least, raw[index] as number);
    largest = Math.max(largest, raw[index] as number);
  }
  const range = largest - least;
  for (let index = 0; index < count; index++) {
    raw[index] = range > 0 ? Math.floor(MAX_NODE_SCORE * (((raw[index] as number) - least) / range)) : 0;
  }
}

/** Source: plugins/podtopologyspread/scoring.go, NormalizeScore. */
function normalizeFewest(raw: Float64Array, count: number): void {
  let least = Infinity;
  let largest = 0;
  for (let index = 0; index < count; index++) {
    const score = raw[index] as number;
    if (score < 0) continue;
    least = Math.min(least, score);
    largest = Math.max(largest, score);
  }
  for (let index = 0; index < count; index++) {
    const score = raw[index] as number;
    if (score < 0) raw[index] = 0;
    else raw[index] = largest === 0 ? MAX_NODE_SCORE : Math.floor((MAX_NODE_SCORE * (largest + least - score)) / largest);
  }
}
