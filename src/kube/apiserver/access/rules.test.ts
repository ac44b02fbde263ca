import { describe, expect, it } from "vitest";
import type { PolicyRule } from "#api/kubernetes/rbac";
import { describeRules, ruleAllows, uncoveredRules } from "./rules.ts";

const user = { name: "jane", groups: [] };
const pods = { user, verb: "get", group: "", resource: "pods", subresource: "", name: "a", namespace: "x" };
const rule = (more: Partial<PolicyRule>): PolicyRule => ({ verbs: ["get"], apiGroups: [""], resources: ["pods"], ...more });

describe("a rule", () => {
  it.each<[string, PolicyRule, object, boolean]>([
    ["its verb, group and resource", rule({}), {}, true],
    ["no other verb", rule({}), { verb: "list" }, false],
    ["every verb by a star", rule({ verbs: ["*"] }), { verb: "escalate" }, true],
    ["no other group", rule({}), { group: "apps" }, false],
    ["no subresource of its resource", rule({}), { subresource: "log" }, false],
    ["a subresource that it names", rule({ resources: ["pods/log"] }), { subresource: "log" }, true],
    ["a subresource of every resource", rule({ resources: ["*/scale"] }), { subresource: "scale" }, true],
    ["not the resource of such a subresource", rule({ resources: ["*/scale"] }), {}, false],
    ["subresources too by a star", rule({ resources: ["*"] }), { subresource: "exec" }, true],
    ["an object that it names", rule({ resourceNames: ["a", "b"] }), {}, true],
    ["no other object", rule({ resourceNames: ["b"] }), {}, false],
    ["no collection when it names objects", rule({ resourceNames: ["a"] }), { name: "" }, false],
  ])("allows %s", (_, given, more, allowed) => {
    expect(ruleAllows(given, { ...pods, ...more })).toBe(allowed);
  });

  it.each<[string, string, boolean]>([
    ["/healthz", "/healthz", true],
    ["/healthz", "/healthz/etcd", false],
    ["/healthz/*", "/healthz/etcd", true],
    ["*", "/metrics", true],
    ["/api", "/apis", false],
  ])("for %s: %s is %s", (url, path, allowed) => {
    expect(ruleAllows({ verbs: ["get"], nonResourceURLs: [url] }, { user, verb: "get", path })).toBe(allowed);
  });
});

describe("what is not held", () => {
  it("is told verb by verb, together by resource", () => {
    const missing = uncoveredRules(
      [rule({ verbs: ["get", "list"] }), rule({ resources: ["*/status"], verbs: ["*"] })],
      [
        rule({ verbs: ["get", "delete", "watch"], resources: ["pods", "pods/status"] }),
        rule({ apiGroups: ["apps"], resources: ["deployments"] }),
      ],
    );
    expect(describeRules(missing)).toEqual([
      '{APIGroups:[""], Resources:["pods"], Verbs:["delete" "watch"]}',
      '{APIGroups:["apps"], Resources:["deployments"], Verbs:["get"]}',
    ]);
  });

  it("is what is for all objects when only some are held", () => {
    expect(uncoveredRules([rule({ resourceNames: ["a"] })], [rule({}), rule({ resourceNames: ["a"] })])).toEqual([rule({})]);
  });
});
