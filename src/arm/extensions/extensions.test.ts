import { createHash } from "node:crypto";
import { strFromU8, unzipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HOST, type Harness, startHarness } from "../testing/harness.ts";
import { AKS_PREVIEW } from "./aks-preview.ts";
import { buildWheel } from "./wheel.ts";

const PACKAGE = {
  name: "some-tool",
  version: "1.2",
  summary: "Does something.",
  module: "azext_some_tool",
  files: { "__init__.py": "print('ä')\n", "azext_metadata.json": "{}" },
};
const INFO = "some_tool-1.2.dist-info";

function filesOf(bytes: Uint8Array): Record<string, string> {
  return Object.fromEntries(Object.entries(unzipSync(bytes)).map(([path, content]) => [path, strFromU8(content)]));
}

describe("a wheel", () => {
  const wheel = buildWheel(PACKAGE);
  const files = filesOf(wheel.bytes);

  it("holds the module, then what pip wants to know of it", () => {
    expect(wheel.fileName).toBe("some_tool-1.2-py3-none-any.whl");
    expect(Object.keys(files)).toEqual([
      "azext_some_tool/__init__.py",
      "azext_some_tool/azext_metadata.json",
      `${INFO}/METADATA`,
      `${INFO}/WHEEL`,
      `${INFO}/top_level.txt`,
      `${INFO}/RECORD`,
    ]);
    expect(files["azext_some_tool/__init__.py"]).toBe("print('ä')\n");
    expect(files[`${INFO}/METADATA`]).toBe(
      "Metadata-Version: 2.1\nName: some-tool\nVersion: 1.2\nSummary: Does something.\nLicense: MIT\n",
    );
    expect(files[`${INFO}/WHEEL`]).toContain("Root-Is-Purelib: true\nTag: py3-none-any\n");
    expect(files[`${INFO}/top_level.txt`]).toBe("azext_some_tool\n");
  });

  it("records hash and bytes of each file but the record's own", () => {
    const rows = (files[`${INFO}/RECORD`] ?? "").trimEnd().split("\n");
    expect(rows.at(-1)).toBe(`${INFO}/RECORD,,`);
    for (const row of rows.slice(0, -1)) {
      const [path = "", hash, size] = row.split(",");
      expect(hash).toBe(
        `sha256=${createHash("sha256")
          .update(files[path] ?? "")
          .digest("base64url")}`,
      );
      expect(Number(size)).toBe(Buffer.byteLength(files[path] ?? ""));
    }
    expect(rows.length).toBe(Object.keys(files).length);
  });

  it("has the same bytes whenever it is built, and names their hash", () => {
    expect(Buffer.from(buildWheel(PACKAGE).bytes).equals(wheel.bytes)).toBe(true);
    expect(wheel.sha256).toBe(createHash("sha256").update(wheel.bytes).digest("hex"));
    // Local header, offset 10: the time and date that zips have, none later than their first.
    expect(Buffer.from(wheel.bytes).readUInt32LE(10)).toBe(0x00210000);
  });
});

describe("aks-preview", () => {
  // `az extension update` installs what has a later version: a change of the files without one would never arrive.
  it("gets a new version with every change of its files", () => {
    const content = createHash("sha256").update(JSON.stringify(AKS_PREVIEW.files)).digest("hex");
    expect({ version: AKS_PREVIEW.version, content: content.slice(0, 12) }).toEqual({ version: "0.4.1.post1", content: "7bef0a0d4aa6" });
  });
});

describe("the extension index", () => {
  let harness: Harness;
  beforeAll(async () => void (harness = await startHarness()));
  afterAll(() => harness.stop());
  const get = (path: string) => harness.app.inject({ method: "GET", url: path, headers: { host: HOST } });

  it("names aks-preview alone, with the hash of what is served, to callers without a token", async () => {
    const index = (await get("/extensions/index.json")).json();
    expect(Object.keys(index.extensions)).toEqual(["aks-preview"]);
    const [entry] = index.extensions["aks-preview"];
    expect(entry).toMatchObject({
      downloadUrl: `http://${HOST}/extensions/${entry.filename}`,
      metadata: { name: "aks-preview", version: AKS_PREVIEW.version, "azext.isPreview": true, "azext.minCliCoreVersion": "2.45.0" },
    });
    const wheel = await get(`/extensions/${entry.filename}`);
    expect(wheel.statusCode).toBe(200);
    expect(createHash("sha256").update(wheel.rawPayload).digest("hex")).toBe(entry.sha256Digest);
    expect(filesOf(wheel.rawPayload)["azext_aks_preview/__init__.py"]).toContain("COMMAND_LOADER_CLS");
  });

  it.each(["/extensions/aks_preview-9.9-py3-none-any.whl", "/extensions/other.json"])("has no %s", async (path) => {
    const answer = await get(path);
    expect({ status: answer.statusCode, type: answer.headers["content-type"] }).toEqual({
      status: 404,
      type: "application/json; charset=utf-8",
    });
  });
});
