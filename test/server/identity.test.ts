import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Outcome, run } from "../support/clients.ts";
import { BUNDLE, type Lido, startLido } from "../support/lido.ts";

let folder: string;
let lido: Lido | undefined;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "lido-identity-"));
});
afterAll(async () => {
  await lido?.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

const file = (): string => join(folder, "identities.yaml");
const cli = (...args: string[]): Promise<Outcome> => run(process.execPath, [BUNDLE, "identity", ...args, "--data-dir", folder]);
const json = async (...args: string[]): Promise<Record<string, string>> =>
  JSON.parse((await cli(...args)).stdout) as Record<string, string>;

async function signIn(form: Record<string, string>): Promise<unknown[]> {
  const body = new URLSearchParams({
    grant_type: "client_credentials",
    scope: "https://management.azure.com/.default",
    ...form,
  }).toString();
  const answer = await lido?.raw("POST", "/organizations/oauth2/v2.0/token", { token: null, body });
  return [answer?.status, answer?.body?.error_codes?.[0]];
}

describe("lido identity", () => {
  it("adds, shows and lists while no server runs, and keeps no secret in clear", async () => {
    const app = await json("add-app", "ci", "--role", "Reader");
    expect(app).toMatchObject({ displayName: "ci", tenant: "11111111-1111-1111-1111-111111111111" });
    expect(app.password).toHaveLength(40);
    await json("add-user", "ada@lido.local", "--password", "pass word");
    expect(readFileSync(file(), "utf8")).not.toMatch(/pass word/);
    expect(readFileSync(file(), "utf8")).not.toContain(app.password);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect((await cli("list")).stdout).toMatch(/^app +ci +[0-9a-f-]{36} +Reader\nuser +ada@lido\.local/);
    expect((await json("show", "ci")).secrets).toEqual([{ hash: "<hidden>" }]);
  });

  it("is heard of by a server that runs, at the next sign-in", async () => {
    lido = await startLido("--data-dir", folder);
    const { appId = "", password = "" } = await json("add-app", "later");
    expect(await signIn({ client_id: appId, client_secret: password })).toEqual([200, undefined]);
    const again = await json("add-app", "later", "--secret", "another");
    expect(again).toMatchObject({ appId, password: "another" });
    for (const secret of [password, "another"]) expect(await signIn({ client_id: appId, client_secret: secret })).toEqual([200, undefined]);
    expect((await cli("remove", "later")).stdout).toBe("Removed app later.\n");
    expect(await signIn({ client_id: appId, client_secret: password })).toEqual([400, 700_016]);
  });

  it("keeps what people write, and refuses what would be wrong", async () => {
    writeFileSync(file(), `# mine\n${readFileSync(file(), "utf8")}`);
    const before = readFileSync(file(), "utf8");
    const wrong = await cli("add-user", "nobody", "--password", "x");
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining("identities.yaml is wrong: users[1].userPrincipalName")]);
    expect((await cli("add-app", "x", "--role", "King")).stderr).toContain('"King" is no GUID and none of Owner,');
    expect((await cli("add-app", "x", "--certificate", "none.pem")).code).toBe(2);
    expect((await cli("remove", "nobody")).code).toBe(3);
    expect(readFileSync(file(), "utf8")).toBe(before);
    await cli("add-managed-identity", "machine");
    expect(readFileSync(file(), "utf8")).toMatch(/^# mine\n/);
  });

  it("stops a start on a file that is wrong, and says where", async () => {
    await lido?.kill("SIGTERM");
    lido = undefined;
    writeFileSync(file(), "users: [{ userPrincipalName: ada@lido.local }]\n");
    await expect(startLido("--data-dir", folder)).rejects.toThrow(
      "identities.yaml is wrong: users[0]: has neither of password and passwordHash",
    );
  });
});
