import { describe, expect, it } from "vitest";
import type { StatusError } from "#api/kubernetes/status";
import * as status from "./status.ts";

const pods = { group: "", resource: "pods" };
const deployments = { group: "apps", resource: "deployments" };

describe("refusals", () => {
  it.each<[StatusError, number, string, string]>([
    [status.notFound(pods, "x"), 404, "NotFound", 'pods "x" not found'],
    [status.notFound(deployments, "web"), 404, "NotFound", 'deployments.apps "web" not found'],
    [status.noSuchPath(), 404, "NotFound", "the server could not find the requested resource"],
    [status.alreadyExists(pods, "x"), 409, "AlreadyExists", 'pods "x" already exists'],
    [status.beingDeleted(pods, "x"), 409, "AlreadyExists", 'object is being deleted: pods "x" already exists'],
    [
      status.noUniqueName(pods, "x"),
      409,
      "AlreadyExists",
      'pods "x" already exists, the server was not able to generate a unique name for the object',
    ],
    [
      status.modified(deployments, "x"),
      409,
      "Conflict",
      'Operation cannot be fulfilled on deployments.apps "x": the object has been modified; please apply your changes to the latest version and try again',
    ],
    [status.forbidden(pods, "x", "why"), 403, "Forbidden", 'pods "x" is forbidden: why'],
    [status.forbidden(pods, "", "why"), 403, "Forbidden", "pods is forbidden: why"],
    [status.unauthorized(), 401, "Unauthorized", "Unauthorized"],
    [status.methodNotSupported(pods, "patch"), 405, "MethodNotAllowed", 'patch is not supported on resources of kind "pods"'],
    [
      status.unsupportedMediaType(["a", "b"]),
      415,
      "UnsupportedMediaType",
      "the body of the request was in an unknown format - accepted media types include: a, b",
    ],
    [status.notAcceptable(["a"]), 406, "NotAcceptable", "only the following media types are accepted: a"],
    [status.bodyTooLarge(5), 413, "RequestEntityTooLarge", "Request entity too large: limit is 5"],
    [status.tooOldResourceVersion(1, 2), 410, "Expired", "too old resource version: 1 (2)"],
    [status.tooLargeResourceVersion(9, 2), 504, "Timeout", "Timeout: Too large resource version: 9, current: 2"],
    [status.disruptionBudgetForbids("why", 0), 429, "TooManyRequests", "Cannot evict pod as it would violate the pod's disruption budget."],
    [status.internalError("x"), 500, "InternalError", "Internal error occurred: x"],
  ])("%s", (error, code, reason, message) => {
    expect([error.code, error.reason, error.message]).toEqual([code, reason, message]);
  });

  it("tells of every field that is wrong", () => {
    const { status: refusal } = status.invalid({ group: "apps", kind: "Deployment" }, "d", [
      { type: "Required", field: "spec.selector" },
      { type: "Invalid", field: "spec.replicas", value: -1, detail: "must be greater than or equal to 0" },
    ]);
    expect(refusal.message).toBe(
      'Deployment.apps "d" is invalid: [spec.selector: Required value, spec.replicas: Invalid value: -1: must be greater than or equal to 0]',
    );
    expect(refusal.details).toEqual({
      name: "d",
      group: "apps",
      kind: "Deployment",
      causes: [
        { reason: "FieldValueRequired", message: "Required value", field: "spec.selector" },
        { reason: "FieldValueInvalid", message: "Invalid value: -1: must be greater than or equal to 0", field: "spec.replicas" },
      ],
    });
  });

  it("gives a list that lost its snapshot a token to go on with", () => {
    expect(status.continueExpired("token").status.metadata).toEqual({ continue: "token" });
  });

  it("has no Retry-After for a budget that is used up", () => {
    expect(status.disruptionBudgetForbids("why", 0).status.details).toEqual({ causes: [{ reason: "DisruptionBudget", message: "why" }] });
    expect(status.disruptionBudgetForbids("why", 10).status.details?.retryAfterSeconds).toBe(10);
  });
});
