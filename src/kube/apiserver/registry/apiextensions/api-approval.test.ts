import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startCluster, type TestCluster } from "../../testing/cluster.ts";

let cluster: TestCluster;
beforeEach(async () => void (cluster = await startCluster({ version: "1.35.0" })));
afterEach(() => cluster.api.stop());

const CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const NAME = `${CRDS}/widgets.a.k8s.io`;
const ANNOTATION = "api-approved.kubernetes.io";

interface Conditioned {
  readonly status: { readonly conditions: { type: string; status: string; reason: string; message: string; lastTransitionTime: string }[] };
}

const definition = (approval: string): object => ({
  metadata: { name: "widgets.a.k8s.io", annotations: { [ANNOTATION]: approval } },
  spec: {
    group: "a.k8s.io",
    scope: "Namespaced",
    names: { plural: "widgets", kind: "Widget" },
    versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: { type: "object" } } }],
  },
});

async function approval(): Promise<Conditioned["status"]["conditions"][number] | undefined> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  const { status } = await cluster.call<Conditioned>("GET", NAME);
  return status.conditions.find(({ type }) => type === "KubernetesAPIApprovalPolicyConformant");
}

const annotate = (text: string | null): readonly ["PATCH", string, object, { contentType: string }] => [
  "PATCH",
  NAME,
  { metadata: { annotations: { [ANNOTATION]: text } } },
  { contentType: "application/merge-patch+json" },
];

// Source: a control plane of 1.35.4.
describe("the approval of a definition of a protected group", () => {
  it("is told by a condition, which follows the annotation", async () => {
    await cluster.call("POST", CRDS, definition("unapproved, for a test"));
    expect(await approval()).toMatchObject({
      status: "False",
      reason: "UnapprovedAnnotation",
      message: 'not approved: "unapproved, for a test"',
    });
    await cluster.call(...annotate("unapproved still"));
    expect(await approval()).toMatchObject({ status: "False", message: 'not approved: "unapproved still"' });
    await cluster.call(...annotate("https://example.com/1"));
    expect(await approval()).toMatchObject({
      status: "True",
      reason: "ApprovedAnnotation",
      message: "approved in https://example.com/1",
    });
  });

  it("cannot be taken away", async () => {
    await cluster.call("POST", CRDS, definition("unapproved"));
    expect((await cluster.refusal(...annotate(null))).message).toBe(
      `CustomResourceDefinition.apiextensions.k8s.io "widgets.a.k8s.io" is invalid: metadata.annotations[${ANNOTATION}]: Required value: protected groups must have approval annotation "${ANNOTATION}", see https://github.com/kubernetes/enhancements/pull/1111`,
    );
    expect((await cluster.refusal(...annotate("soon"))).message).toContain('Invalid value: "soon": protected groups must have');
  });
});
