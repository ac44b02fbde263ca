import { describe, expect, it } from "vitest";
import { cacheOf, scoresOn } from "../../testing/cluster-of-nodes.ts";
import { labelled, makePod, placedPods } from "../../testing/objects.ts";

const ZONE = "failure-domain.beta.kubernetes.io/zone";
const LABELS = { app: "foo", tier: "web" };
const kinOf = (): { matchLabels: Record<string, string> } => ({ matchLabels: { app: "foo" } });

function scores(pods: string, zones: Record<string, string>, { version = "1.17.0", kin = kinOf as never, spread = false } = {}): string {
  const placed = placedPods(pods);
  const layout = Object.fromEntries(
    Object.entries(zones).map(([name, zone]) => [name, { labels: zone === "" ? {} : { [ZONE]: zone }, pods: placed[name] ?? [] }]),
  );
  const topologySpreadConstraints = [{ maxSkew: 1, topologyKey: "zone", whenUnsatisfiable: "ScheduleAnyway" as const }];
  const pod = labelled(makePod("new", spread ? { topologySpreadConstraints } : {}), LABELS);
  return Object.entries(scoresOn(cacheOf(layout, { kinOf: kin }), pod, "SelectorSpread", version))
    .map(([name, score]) => `${name}=${score}`)
    .join(" ");
}

const TWO = { a: "", b: "" };
const THREE_ZONES = { a1: "z1", b1: "z2", b2: "z2", c1: "z3", c2: "z3", c3: "z3" };

/**
 * Source: kubernetes/kubernetes v1.19 pkg/scheduler/framework/plugins/selectorspread/selector_spread_test.go,
 * TestSelectorSpreadScore and TestZoneSelectorSpreadPriority: the situations and scores.
 */
describe("SelectorSpread", () => {
  it.each([
    { name: "no pods", pods: "", zones: TWO, want: "a=100 b=100" },
    { name: "one pod of another kind", pods: "a:bar", zones: TWO, want: "a=100 b=100" },
    { name: "one matching pod", pods: "a:bar b:foo", zones: TWO, want: "a=100 b=0" },
    { name: "pods of other namespaces", pods: "a:-other/foo b:foo", zones: TWO, want: "a=100 b=0" },
    { name: "a pod that is being deleted", pods: "a:foo,deleted=2020-01-01T00:00:00Z b:foo", zones: TWO, want: "a=100 b=0" },
    { name: "one on each", pods: "a:foo b:foo", zones: TWO, want: "a=0 b=0" },
    { name: "one here and two there", pods: "a:foo b:foo b:foo", zones: TWO, want: "a=50 b=0" },
    { name: "nothing placed, in zones", pods: "", zones: THREE_ZONES, want: "a1=100 b1=100 b2=100 c1=100 c2=100 c3=100" },
    { name: "one in a zone", pods: "b1:foo", zones: THREE_ZONES, want: "a1=100 b1=0 b2=33 c1=100 c2=100 c3=100" },
    {
      name: "five over two zones",
      pods: "b1:foo b2:foo c1:foo b2:foo c2:foo",
      zones: THREE_ZONES,
      want: "a1=100 b1=16 b2=0 c1=38 c2=38 c3=55",
    },
    { name: "four over three zones", pods: "a1:foo b1:foo b2:foo c3:foo", zones: THREE_ZONES, want: "a1=33 b1=0 b2=0 c1=66 c2=66 c3=33" },
  ])("$name", ({ pods, zones, want }) => {
    expect(scores(pods, zones)).toBe(want);
  });

  it("is for pods of services and controllers alone, until 1.20, and for none with constraints of its own", () => {
    expect(scores("a:foo", TWO, { kin: (() => undefined) as never })).toBe("");
    expect(scores("a:foo", TWO, { version: "1.20.0" })).toBe("");
    expect(scores("a:foo", TWO, { version: "1.19.0", spread: true })).toBe("");
    expect(scores("a:foo", TWO, { version: "1.19.0" })).toBe("a=0 b=100");
  });
});
