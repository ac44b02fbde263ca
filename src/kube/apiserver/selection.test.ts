import { describe, expect, it } from "vitest";
import type { KubeObject } from "#api/kubernetes/meta";
import { events } from "./registry/core/events.ts";
import type { Resource } from "./resources.ts";
import { selectionOf } from "./selection.ts";

const select = (fieldSelector: string): ReturnType<typeof selectionOf> =>
  selectionOf({ kind: events } as unknown as Resource, { namespace: "default", fieldSelector });

const event = (involvedName: string, more: object = {}): KubeObject =>
  ({
    metadata: { name: "e", namespace: "default" },
    involvedObject: { kind: "Pod", name: involvedName },
    reason: "Started",
    ...more,
  }) as KubeObject;

const bytesOf = (object: KubeObject): Uint8Array => Buffer.from(JSON.stringify(object));

describe("a selection by fields", () => {
  it.each([
    { selector: "involvedObject.name=web", object: event("web"), may: true, does: true },
    { selector: "involvedObject.name=web", object: event("other"), may: false, does: false },
    { selector: "involvedObject.name=web", object: event("web-1"), may: false, does: false },
    { selector: "involvedObject.name=web,reason=Started", object: event("web"), may: true, does: true },
    { selector: "involvedObject.name=web,reason=Killing", object: event("web"), may: false, does: false },
    // The text is there, but in another field.
    { selector: "involvedObject.name=web", object: event("other", { reason: "web" }), may: true, does: false },
    // What is absent is as good as empty, and never in the bytes.
    { selector: "involvedObject.name!=web", object: event("other"), may: true, does: true },
    { selector: "involvedObject.uid=", object: event("web"), may: true, does: true },
    // JSON may write these otherwise.
    { selector: "reason=caf\u00e9", object: event("web", { reason: "caf\u00e9" }), may: true, does: true },
    { selector: 'reason=a"b', object: event("web", { reason: 'a"b' }), may: true, does: true },
    { selector: "reason=a b/c.d:e{f}-g_h", object: event("web", { reason: "a b/c.d:e{f}-g_h" }), may: true, does: true },
  ])("$selector of $object.reason: by bytes $may, by fields $does", ({ selector, object, may, does }) => {
    const selection = select(selector);
    expect([selection.mayMatch(bytesOf(object)), selection.matches(object)]).toEqual([may, does]);
  });

  it("rules nothing out by bytes that its fields would take", () => {
    const names = ["web", "web 1", "\u00fc", "a,b", "a\\b", "", "{}", "x".repeat(300)];
    for (const name of names)
      for (const other of names) {
        const selection = select(`involvedObject.name=${name.replaceAll(/[\\,=]/g, (letter) => `\\${letter}`)}`);
        const object = event(other);
        if (selection.matches(object)) expect([name, other, selection.mayMatch(bytesOf(object))]).toEqual([name, other, true]);
      }
  });
});
