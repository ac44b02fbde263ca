import { describe, expect, it } from "vitest";
import { isTrue, parseRequestInfo } from "./request-info.ts";

describe("parseRequestInfo", () => {
  it.each([
    ["GET", "/api/v1/nodes", "list", "", "v1", "", "nodes", "", ""],
    ["GET", "/api/v1/nodes/", "list", "", "v1", "", "nodes", "", ""],
    ["GET", "/api/v1/nodes/n1", "get", "", "v1", "", "nodes", "n1", ""],
    ["HEAD", "/api/v1/nodes/n1", "get", "", "v1", "", "nodes", "n1", ""],
    ["POST", "/api/v1/namespaces", "create", "", "v1", "", "namespaces", "", ""],
    ["GET", "/api/v1/namespaces", "list", "", "v1", "", "namespaces", "", ""],
    ["GET", "/api/v1/namespaces/a", "get", "", "v1", "a", "namespaces", "a", ""],
    ["PUT", "/api/v1/namespaces/a/finalize", "update", "", "v1", "a", "namespaces", "a", "finalize"],
    ["PUT", "/api/v1/namespaces/a/status", "update", "", "v1", "a", "namespaces", "a", "status"],
    ["GET", "/api/v1/namespaces/a/pods", "list", "", "v1", "a", "pods", "", ""],
    ["DELETE", "/api/v1/namespaces/a/pods", "deletecollection", "", "v1", "a", "pods", "", ""],
    ["DELETE", "/api/v1/namespaces/a/pods/p", "delete", "", "v1", "a", "pods", "p", ""],
    ["POST", "/api/v1/namespaces/a/pods/p/eviction", "create", "", "v1", "a", "pods", "p", "eviction"],
    ["PATCH", "/apis/apps/v1/namespaces/a/deployments/d/scale", "patch", "apps", "v1", "a", "deployments", "d", "scale"],
    [
      "GET",
      "/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Anode",
      "get",
      "rbac.authorization.k8s.io",
      "v1",
      "",
      "clusterroles",
      "system:node",
      "",
    ],
    ["GET", "/api/v1/watch/namespaces/a/pods", "watch", "", "v1", "a", "pods", "", ""],
    ["GET", "/api/v1//nodes", "list", "", "v1", "", "nodes", "", ""],
  ])("%s %s is %s", (method, path, ...expected) => {
    const [verb, group, version, namespace, resource, name, subresource] = expected;
    expect(parseRequestInfo(method, path, {})).toEqual({
      isResource: true,
      verb,
      group,
      version,
      namespace,
      resource,
      name,
      subresource,
      rest: [],
    });
  });

  it.each(["/", "/api", "/apis", "/api/v1", "/apis/apps", "/apis/apps/v1", "/version", "/healthz/ping", "/openapi/v3/api/v1"])(
    "%s is no resource",
    (path) => {
      expect(parseRequestInfo("GET", path, {}).isResource).toBe(false);
    },
  );

  it("keeps what follows a subresource", () => {
    expect(parseRequestInfo("GET", "/api/v1/nodes/n1/proxy/logs/a", {}).rest).toEqual(["logs", "a"]);
  });

  it.each([
    [undefined, "list"],
    ["true", "watch"],
    ["1", "watch"],
    ["", "watch"],
    ["false", "list"],
    ["0", "list"],
  ])("with watch=%s a collection is a %s", (watch, verb) => {
    expect(parseRequestInfo("GET", "/api/v1/pods", watch === undefined ? {} : { watch }).verb).toBe(verb);
  });

  it("leaves a name that is no valid escape as it is", () => {
    expect(parseRequestInfo("GET", "/api/v1/nodes/%zz", {}).name).toBe("%zz");
  });
});

describe("isTrue", () => {
  it.each([
    ["FALSE", false],
    ["yes", true],
  ])("reads %s as %s", (text, value) => {
    expect(isTrue(text)).toBe(value);
  });
});
