import { describe, expect, it } from "vitest";
import { fillJsonPath } from "./json-path.ts";

const list = {
  items: [
    {
      metadata: { name: "a", labels: { "app.io/tier": "web" } },
      spec: { nodeName: "n1", cpu: 2 },
      status: { phase: "Running", ready: true },
    },
    { metadata: { name: "b" }, spec: { nodeName: "n2", cpu: 4 }, status: { phase: "Pending", ready: false } },
  ],
};

describe("fillJsonPath", () => {
  it.each([
    ["{.items[*].metadata.name}", "a b"],
    ["{.items[0].metadata.name}", "a"],
    ["{.items[-1:].metadata.name}", "b"],
    ["{.items[0:1].metadata.name}", "a"],
    ["{$.items[1].spec.cpu}", "4"],
    ["names: {.items[*].metadata.name}!", "names: a b!"],
    ['{range .items[*]}{.metadata.name}{"\\t"}{.status.phase}{"\\n"}{end}', "a\tRunning\nb\tPending\n"],
    ["{range .items[*]}{@.metadata.name},{end}", "a,b,"],
    ['{.items[?(@.spec.nodeName=="n2")].metadata.name}', "b"],
    ["{.items[?(@.spec.cpu>2)].metadata.name}", "b"],
    ["{.items[?(@.status.ready==true)].metadata.name}", "a"],
    ["{.items[?(@.metadata.labels)].metadata.name}", "a"],
    ["{.items[0].metadata.labels.app\\.io/tier}", "web"],
    ["{.items[0].metadata.labels['app.io/tier']}", "web"],
    ["{.items[0].metadata.labels}", '{"app.io/tier":"web"}'],
    ["{.items[0].status.*}", "Running true"],
    ["{.none.at.all}{.items[7].x}", ""],
    ["{.constructor}{.items.length}", ""],
    ["plain", "plain"],
  ])("%s", (template, want) => {
    expect(fillJsonPath(template, list)).toBe(want);
  });

  it.each(["{.items", "{end}", "{range .items[*]}x", "{.a..b}", "{.a[0,1]}"])("refuses %s", (template) => {
    expect(() => fillJsonPath(template, list)).toThrow(/^error parsing jsonpath/);
  });
});
