import { describe } from "vitest";
import { describeStore } from "../store.contract.ts";
import { agreesWithModel } from "../model.contract.ts";
import { openMemoryStore } from "./index.ts";

describeStore("openMemoryStore", async (onDefect) => openMemoryStore({ onDefect }));

describe("openMemoryStore", () => {
  agreesWithModel(async () => {
    const store = openMemoryStore();
    return { store, close: () => store.close() };
  }, 200);
});
