import { decodeProtectedHeader } from "jose";
import { describe, expect, it } from "vitest";
import { seededRandom, VirtualClock } from "#lib";
import { openMemoryStore } from "#store";
import { openSigningKeys, PUBLISHED_AFTER_MS, SIGNING_KEY, SIGNING_MS } from "./signing-key.ts";
import { createTokens } from "./tokens.ts";

const TENANT = "11111111-1111-1111-1111-111111111111";
const SUBJECT = { kind: "app", applicationId: "a", objectId: "o" } as const;

describe("the signing keys", () => {
  it("begin with one that is the same after a restart, whoever made it", async () => {
    const [store, clock] = [openMemoryStore(), new VirtualClock()];
    const [first, second] = await Promise.all([openSigningKeys(store, clock).current(), openSigningKeys(store, clock).current()]);
    expect(second.kid).toBe(first.kid);
    expect((await openSigningKeys(store, clock).current()).privateJwk).toEqual(first.privateJwk);
  });

  it("take over from one another, and are published until their last token has ended", async () => {
    const [store, clock] = [openMemoryStore(), new VirtualClock()];
    const keys = openSigningKeys(store, clock);
    const tokens = createTokens({ clock, random: seededRandom(1), tenantId: TENANT, keys });
    const first = (await keys.current()).kid;
    await clock.advance(SIGNING_MS - 1000);
    const old = await tokens.issueAccess(SUBJECT, "x");
    expect(decodeProtectedHeader(old).kid).toBe(first);
    await clock.advance(1000);
    const next = await tokens.issueAccess(SUBJECT, "x");
    const second = (await keys.current()).kid;
    expect(second).not.toBe(first);
    expect(decodeProtectedHeader(next).kid).toBe(second);
    expect((await keys.published()).map(({ kid }) => kid)).toEqual([second, first]);
    expect((await openSigningKeys(store, clock).published()).map(({ kid }) => kid)).toEqual([second, first]);
    expect(await tokens.verifyAccess(old)).toMatchObject({ audience: "x", kind: "app" });
    await clock.advance(PUBLISHED_AFTER_MS);
    expect((await keys.published()).map(({ kid }) => kid)).toEqual([second]);
    await expect(tokens.verifyAccess(old)).rejects.toMatchObject({ status: 401 });
  });

  it("go on from the one key that an earlier version has stored", async () => {
    const [store, clock] = [openMemoryStore(), new VirtualClock()];
    const { sinceMs: _, ...made } = await openSigningKeys(openMemoryStore(), clock).current();
    await store.transact([], [{ kind: "put", key: SIGNING_KEY, value: Buffer.from(JSON.stringify(made)) }]);
    expect((await openSigningKeys(store, clock).current()).kid).toBe(made.kid);
  });
});
