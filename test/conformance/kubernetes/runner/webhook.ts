import { at } from "../../runner/pattern.ts";
import { conversionAnswer, type ConversionReview } from "./conversion-webhook.ts";
import { startWebhookServer, type WebhookServer } from "../../../../src/kube/apiserver/testing/webhook-server.ts";

interface Review {
  readonly apiVersion: string;
  readonly request: { readonly uid: string };
}

type Answer = { readonly status?: number; readonly text: string } | { readonly response: object; readonly apiVersion?: string };

const jsonPatch = (...operations: object[]): object => ({
  allowed: true,
  patchType: "JSONPatch",
  patch: Buffer.from(JSON.stringify(operations)).toString("base64"),
});

/** `/deny`, `/show/object.metadata.name`, `/label/x`: what is asked for by the first part of the path. */
const ANSWERS: Readonly<Record<string, (review: Review, rest: string) => Answer>> = {
  allow: () => ({ response: { allowed: true } }),
  deny: () => ({ response: { allowed: false, status: { message: "not here" } } }),
  "deny-plain": () => ({ response: { allowed: false } }),
  "deny-code": () => ({ response: { allowed: false, status: { code: 451, reason: "Lawful", message: "by law" } } }),
  "deny-low": () => ({ response: { allowed: false, status: { code: 200, reason: "Fine" } } }),
  patch: () => ({ response: jsonPatch({ op: "add", path: "/data/patched", value: "yes" }) }),
  label: (_, rest) => ({ response: jsonPatch({ op: "add", path: `/metadata/labels/${rest}`, value: "yes" }) }),
  count: (review) => {
    const times = Number(at(review, "request.object.data.times") ?? 0) + 1;
    return { response: jsonPatch({ op: "add", path: "/data/times", value: String(times) }) };
  },
  replicas: () => ({ response: jsonPatch({ op: "replace", path: "/spec/replicas", value: 5 }) }),
  "bad-patch": () => ({ response: jsonPatch({ op: "remove", path: "/data/nothing" }) }),
  untyped: () => ({ response: { allowed: true, patch: Buffer.from("[]").toString("base64") } }),
  show: (review, rest) => {
    const value: unknown = at(review.request, rest);
    return { response: { allowed: false, status: { message: value === undefined ? "<absent>" : JSON.stringify(value) } } };
  },
  "other-uid": () => ({ response: { uid: "another", allowed: true } }),
  "other-version": () => ({ response: { allowed: true }, apiVersion: "admission.k8s.io/v1beta1" }),
  fail: () => ({ status: 500, text: "oops" }),
  missing: () => ({ status: 404, text: "no" }),
  garbage: () => ({ text: "{nope" }),
  absent: () => ({ text: '{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1"}' }),
};

function answerTo(path: string, body: string): { status: number; text: string } {
  const review = JSON.parse(body) as Review;
  const [, name = "", rest = ""] = /^\/([^/?]+)(?:\/([^?]*))?/.exec(path) ?? [];
  if (name === "convert") return conversionAnswer(review as unknown as ConversionReview);
  const answer = ANSWERS[name]?.(review, rest) ?? { status: 404, text: "no such answer" };
  if ("text" in answer) return { status: 200, ...answer };
  const { response, apiVersion = review.apiVersion } = answer;
  return { status: 200, text: JSON.stringify({ kind: "AdmissionReview", apiVersion, response: { uid: review.request.uid, ...response } }) };
}

export const startWebhook = (): Promise<WebhookServer> => startWebhookServer(answerTo);
