import { describe, expect, it } from "vitest";
import { StartError } from "#api/server";
import type { DataDirectory } from "./data-directory.ts";
import { loadSubscriptions, SUBSCRIPTIONS_FILE } from "./subscriptions.ts";

const DEFAULT = "00000000-0000-0000-0000-000000000001";
const OTHER = "00000000-0000-0000-0000-000000000002";

function directoryWith(text?: string): DataDirectory {
  const files = new Map(text === undefined ? [] : [[SUBSCRIPTIONS_FILE, text]]);
  return {
    path: "/memory",
    read: (name) => files.get(name),
    write: (name, content) => void files.set(name, content),
    remove: (name) => void files.delete(name),
    release: () => undefined,
  };
}

describe("the subscriptions of a data directory", () => {
  it("are the default one, and what was added before or now", () => {
    const directory = directoryWith();
    expect(loadSubscriptions(directory, { defaultId: DEFAULT, added: [] })).toEqual([{ id: DEFAULT, name: "Lido" }]);
    expect(directory.read(SUBSCRIPTIONS_FILE)).toBeUndefined();
    loadSubscriptions(directory, { defaultId: DEFAULT, added: [{ id: OTHER, name: "Second" }] });
    expect(loadSubscriptions(directory, { defaultId: DEFAULT, added: [] })).toEqual([
      { id: DEFAULT, name: "Lido" },
      { id: OTHER, name: "Second" },
    ]);
  });

  it("take the name that was given last", () => {
    const directory = directoryWith(JSON.stringify([{ id: DEFAULT, name: "Mine" }]));
    expect(loadSubscriptions(directory, { defaultId: DEFAULT, added: [] })).toEqual([{ id: DEFAULT, name: "Mine" }]);
  });

  it.each([
    ["no JSON", "[", /subscriptions\.json/],
    ["no list", "{}", /no list/],
    ["an entry without a name", `[{"id":"${OTHER}"}]`, /not of that form/],
    ["an id that is no GUID", `[{"id":"x","name":"y"}]`, /GUID, not "x"/],
    ["an empty name", `[{"id":"${OTHER}","name":""}]`, /1 to 64/],
  ])("are refused with %s", (_what, text, words) => {
    const load = (): unknown => loadSubscriptions(directoryWith(text), { defaultId: DEFAULT, added: [] });
    expect(load).toThrow(StartError);
    expect(load).toThrow(words);
  });
});
