import { describe, expect, it } from "vitest";
import { silentLogger } from "#lib";
import { CERTIFICATE } from "../../testing/certificate.ts";
import { IdentitiesError } from "./decode.ts";
import { findApplication, findUser } from "./directory.ts";
import { hashSecret, isSecret, isSecretHash } from "./secrets.ts";
import { openDirectory, parseIdentities, readDirectory } from "./source.ts";

const APP = "33333333-3333-3333-3333-333333333333";
const OWN = "22222222-2222-2222-2222-222222222222";
const INSTALLATION = {
  tenantId: "11111111-1111-1111-1111-111111111111",
  credentials: [{ clientId: OWN, clientSecret: "own" }],
  subscriptions: [{ id: "19da3500-0000-4000-8000-000000000000" }],
};
const indented = CERTIFICATE.trim().replaceAll("\n", "\n      ");

describe("the file of identities", () => {
  it("adds to the installation's own identity", () => {
    const directory = readDirectory(
      INSTALLATION,
      `# people may write comments
applications:
  - clientId: ${APP}
    displayName: ci
    secrets: [{ value: a }, { value: b, expires: 2030-01-01T00:00:00Z }]
    certificates:
    - |
      ${indented}
users:
  - { userPrincipalName: ada@lido.local, password: p }
managedIdentities:
  - name: mine
`,
    );
    expect(directory.applications.map(({ clientId }) => clientId)).toEqual([OWN, APP]);
    expect(findApplication(directory, APP)?.secrets[1]?.endsMs).toBe(Date.UTC(2030, 0, 1));
    expect(findApplication(directory, APP)?.certificates[0]?.x5t).toHaveLength(27);
    expect(findUser(directory, "ADA@lido.local")?.objectId).toMatch(/^[0-9a-f-]{36}$/);
    expect(directory.managedIdentities.map(({ displayName, resourceId }) => [displayName, resourceId])).toEqual([
      ["Lido", ""],
      [
        "mine",
        "/subscriptions/19da3500-0000-4000-8000-000000000000/resourcegroups/identities/providers/Microsoft.ManagedIdentity/userAssignedIdentities/mine",
      ],
    ]);
  });

  it("gives the installation's own application further credentials, and takes none away", () => {
    const directory = readDirectory(INSTALLATION, `applications: [{ clientId: ${OWN}, secrets: [{ value: more }] }]`);
    expect(directory.applications.map(({ secrets }) => secrets)).toEqual([[{ value: "own" }, { value: "more" }]]);
  });

  it.each([
    { name: "no YAML", text: "applications: [", want: /^Flow sequence/ },
    { name: "a list", text: "- a", want: /^is not a mapping/ },
    { name: "an unknown member", text: "apps: []", want: /^apps: is not known here; there may be applications, users, managedIdentities/ },
    { name: "no client id", text: "applications: [{ displayName: a }]", want: /^applications\[0\]: clientId is missing/ },
    {
      name: "a client id that is no GUID",
      text: "applications: [{ clientId: x }]",
      want: /^applications\[0\].clientId: "x" is not a GUID/,
    },
    {
      name: "a secret in both forms",
      text: `applications: [{ clientId: ${APP}, secrets: [{ value: a, hash: "scrypt:${"a".repeat(22)}:${"b".repeat(43)}" }] }]`,
      want: /^applications\[0\].secrets\[0\]: has both of value and hash/,
    },
    { name: "a hash that is none", text: `applications: [{ clientId: ${APP}, secrets: [{ hash: x }] }]`, want: /hash: is not a hash/ },
    {
      name: "a secret that is too long",
      text: `applications: [{ clientId: ${APP}, secrets: [{ value: ${"x".repeat(257)} }] }]`,
      want: /value: has more than 256 characters/,
    },
    {
      name: "a time that is none",
      text: `applications: [{ clientId: ${APP}, secrets: [{ value: a, expires: soon }] }]`,
      want: /expires: "soon"/,
    },
    {
      name: "a certificate that is none",
      text: `applications: [{ clientId: ${APP}, certificates: [x] }]`,
      want: /certificates\[0\]: is not a certificate/,
    },
    {
      name: "keys that are none",
      text: `applications: [{ clientId: ${APP}, federatedCredentials: [{ name: a, issuer: "https://i", subject: s, keys: x }] }]`,
      want: /federatedCredentials\[0\].keys: has 0 public keys/,
    },
    {
      name: "an id twice",
      text: `applications: [{ clientId: ${APP} }, { clientId: ${APP} }]`,
      want: /^applications\[1\].clientId: ".*" is there twice/,
    },
    {
      name: "a user without a password",
      text: "users: [{ userPrincipalName: a@b }]",
      want: /^users\[0\]: has neither of password and passwordHash/,
    },
    { name: "a user without a domain", text: "users: [{ userPrincipalName: a, password: b }]", want: /is not a user principal name/ },
    {
      name: "a role that is none",
      text: "users: [{ userPrincipalName: a@b, password: b, roles: [{ role: King }] }]",
      want: /^users\[0\].roles\[0\].role: "King"/,
    },
    {
      name: "a scope that is none",
      text: "users: [{ userPrincipalName: a@b, password: b, roles: [{ role: Reader, scope: x }] }]",
      want: /is not a scope/,
    },
  ])("is refused with $name", ({ text, want }) => {
    expect(() => readDirectory(INSTALLATION, text)).toThrow(IdentitiesError);
    expect(() => readDirectory(INSTALLATION, text)).toThrow(want);
  });

  it("is read again when it changes, and what was good stays when it becomes wrong", () => {
    let text: string | undefined;
    const directory = openDirectory({ ...INSTALLATION, log: silentLogger, identities: () => text });
    const names = (): readonly string[] => directory().users.map(({ userPrincipalName }) => userPrincipalName);
    expect(names()).toEqual(["admin@lido.local"]);
    text = "users: [{ userPrincipalName: a@b, password: c }]";
    expect(names()).toEqual(["admin@lido.local", "a@b"]);
    text = "users: [";
    expect(names()).toEqual(["admin@lido.local", "a@b"]);
    text = undefined;
    expect(names()).toEqual(["admin@lido.local"]);
  });

  it("has no names that stand for others, which could be many", () => {
    expect(() => parseIdentities("users: &a [*a]")).toThrow(IdentitiesError);
  });
});

describe("secrets", () => {
  it("are known by their hash alone, which is another one each time", async () => {
    const [first, second] = [await hashSecret("pässword"), await hashSecret("pässword")];
    expect(first).not.toBe(second);
    expect(isSecretHash(first)).toBe(true);
    expect(await isSecret("pässword", { hash: first })).toBe(true);
    expect(await isSecret("pässword", { hash: first })).toBe(true);
    expect(await isSecret("password", { hash: first })).toBe(false);
    expect(await isSecret("pässword", { value: "pässword" })).toBe(true);
    for (const text of ["", "x".repeat(257)]) expect(await isSecret(text, { value: text })).toBe(false);
    expect(await isSecret("a", {})).toBe(false);
  });
});
