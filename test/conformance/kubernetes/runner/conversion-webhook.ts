import { isJsonObject } from "#kube/apimachinery";

/** What is asked: apiextensions.k8s.io ConversionReview. */
export interface ConversionReview {
  readonly apiVersion: string;
  readonly request: { readonly uid: string; readonly desiredAPIVersion: string; readonly objects: readonly Converted[] };
}

interface Converted {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly spec?: Readonly<Record<string, unknown>>;
}

/**
 * Of v1 the address is `spec.host` and `spec.port`, of every other version `spec.hostPort`.
 * Source: kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning.
 */
function converted(object: Converted, apiVersion: string): Converted {
  const { host, port, hostPort, ...rest } = object.spec ?? {};
  const isFirst = apiVersion.endsWith("/v1");
  const isAddressed = host !== undefined || port !== undefined || hostPort !== undefined;
  const [ownHost = "", ownPort = ""] = typeof hostPort === "string" ? hostPort.split(":") : [host, port];
  const address = isFirst ? { host: ownHost, port: ownPort } : { hostPort: `${String(ownHost)}:${String(ownPort)}` };
  return { ...object, apiVersion, ...(object.spec !== undefined && { spec: { ...rest, ...(isAddressed && address) } }) };
}

const withMetadata = (object: Converted, more: Readonly<Record<string, unknown>>): Converted => ({
  ...object,
  metadata: { ...object.metadata, ...more },
});

const without = (object: Converted, member: string): object =>
  Object.fromEntries(Object.entries(object).filter(([name]) => name !== member));

/** What becomes of an object that was converted, by its `spec.how`. */
const CHANGES: Readonly<Record<string, (object: Converted) => unknown>> = {
  well: (object) => object,
  rename: (object) => withMetadata(object, { name: "other" }),
  move: (object) => withMetadata(object, { namespace: "other" }),
  "other-uid": (object) => withMetadata(object, { uid: "other" }),
  "other-kind": (object) => ({ ...object, kind: "Other" }),
  "other-version": (object) => ({ ...object, apiVersion: "example.com/v9" }),
  "no-kind": (object) => without(object, "kind"),
  "no-metadata": (object) => without(object, "metadata"),
  "text-metadata": (object) => ({ ...object, metadata: "none" }),
  "list-labels": (object) => withMetadata(object, { labels: [] }),
  "number-label": (object) => withMetadata(object, { labels: { a: 1 } }),
  "bad-label": (object) => withMetadata(object, { labels: { "a b": "c d" } }),
  "bad-annotation": (object) => withMetadata(object, { annotations: { "a b": "c" } }),
  labels: (object) => withMetadata(object, { labels: { made: "here" }, annotations: { by: "webhook" } }),
  metadata: (object) => withMetadata(object, { finalizers: ["a.example.com/b"], generation: 99, resourceVersion: "1" }),
  null: () => null,
};

/** Whole answers. */
const RESPONSES: Readonly<Record<string, object>> = {
  fail: { result: { status: "Failure", message: "it cannot be" } },
  "fail-plain": { result: { status: "Failure" } },
  "no-result": { convertedObjects: [] },
  few: { result: { status: "Success" }, convertedObjects: [] },
  "another-uid": { uid: "another", result: { status: "Success" }, convertedObjects: [] },
};

/** The answer to a conversion: as the first object says in `spec.how`, and well where it does not say. */
export function conversionAnswer(review: ConversionReview): { readonly status: number; readonly text: string } {
  const { apiVersion, request } = review;
  const { uid, desiredAPIVersion, objects } = request;
  const said = objects[0]?.spec?.["how"];
  const how = typeof said === "string" ? said : "well";
  const answered = (response: object, version = apiVersion): { status: number; text: string } => ({
    status: 200,
    text: JSON.stringify({ kind: "ConversionReview", apiVersion: version, response: { uid, ...response } }),
  });
  if (how === "no-response") return { status: 200, text: JSON.stringify({ kind: "ConversionReview", apiVersion }) };
  if (how === "http-500") return { status: 500, text: "oops" };
  if (how === "garbage") return { status: 200, text: "{nope" };
  const response = RESPONSES[how];
  if (response !== undefined) return answered(response);
  const change = how === "review" || how === "unasked" ? CHANGES["well"] : CHANGES[how];
  if (change === undefined) return { status: 404, text: "no such answer" };
  const made = objects.map((object) => change(asked(converted(object, desiredAPIVersion), how, review)));
  return answered(
    { result: { status: "Success" }, convertedObjects: made },
    how === "unasked" ? "apiextensions.k8s.io/v1beta1" : apiVersion,
  );
}

/** `review` writes what was asked into the objects. */
function asked(object: Converted, how: string, { apiVersion, request }: ConversionReview): Converted {
  if (how !== "review" || !isJsonObject(object.spec)) return object;
  return {
    ...object,
    spec: {
      ...object.spec,
      asked: `${apiVersion} ${request.objects.length} ${Object.keys(object.metadata ?? {})
        .toSorted()
        .join()}`,
    },
  };
}
