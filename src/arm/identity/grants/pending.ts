import { createHash } from "node:crypto";
import type { Clock, Random } from "#lib";
import { type Document, type Documents, openDocuments, type Store } from "#store";
import { oauthErrors } from "../oauth-error.ts";

/** What a person is asked to allow, or has allowed, until the client comes for its tokens. */
export interface PendingGrant {
  readonly kind: "code" | "device";
  readonly clientId: string;
  readonly scope: string;
  readonly untilMs: number;
  readonly state: "pending" | "approved" | "declined" | "redeemed";
  /** Who has allowed it. */
  readonly userName?: string;
  /** What a person types; of a device. */
  readonly userCode?: string;
  /** Of a code: what the token request must repeat. */
  readonly redirectUri?: string;
  readonly challenge?: string;
  readonly challengeMethod?: "S256" | "plain";
  readonly nonce?: string;
}

/** Sign-ins under way. They are stored: one that was begun goes on after a restart. */
export interface PendingGrants {
  /** Keeps a grant, and returns the code that the client redeems it with. @throws {OAuthError} AADSTS90033 when too many are under way. */
  begin(grant: Omit<PendingGrant, "userCode">): Promise<{ readonly code: string; readonly userCode: string }>;
  /** By the client's code. */
  find(kind: PendingGrant["kind"], code: string): Document<PendingGrant> | undefined;
  /** By what a person types, in any letter case; one that still waits for an answer. */
  findUserCode(userCode: string): Document<PendingGrant> | undefined;
  /** Changes one that nobody has changed in between; whether it did. */
  change(document: Document<PendingGrant>, value: PendingGrant): Promise<boolean>;
  close(): void;
}

/** Sign-ins under way at most, also those of which only the end is still told. */
const MAX_PENDING = 1_000;
/** How long one that is over is still told from one that never was. */
const KEEP_MS = 3_600_000;
const CODE_LENGTH = 64;
const CODE_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/** Nine signs that nobody takes for others. Source: the form of Microsoft Entra ID's user codes. */
const USER_CODE_LENGTH = 9;
const USER_CODE_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/** Opens the sign-ins that the store holds. Only digests of the clients' codes are stored. */
export async function openPendingGrants(options: {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
}): Promise<PendingGrants> {
  const { store, clock, random } = options;
  const documents: Documents<PendingGrant> = await openDocuments(store, "/arm/identity/grants/");
  const find = (kind: PendingGrant["kind"], code: string): Document<PendingGrant> | undefined => documents.get(idOf(kind, code));
  const waits = ({ value: { kind, state, untilMs } }: Document<PendingGrant>): boolean =>
    kind === "device" && state === "pending" && untilMs > clock.now();

  function newUserCode(): string {
    for (;;) {
      const userCode = random.text(USER_CODE_LENGTH, USER_CODE_ALPHABET);
      if (!documents.list().some(({ value }) => value.userCode === userCode)) return userCode;
    }
  }

  return {
    async begin(grant) {
      const over = documents.list().filter(({ value }) => value.untilMs + KEEP_MS < clock.now());
      if (documents.list().length - over.length >= MAX_PENDING) throw oauthErrors.busy();
      const code = random.text(CODE_LENGTH, CODE_ALPHABET);
      const userCode = grant.kind === "device" ? newUserCode() : "";
      const id = idOf(grant.kind, code);
      const ops = [
        ...over.slice(0, MAX_REMOVED).map((document) => documents.remove(document.id)),
        documents.put(id, { ...grant, ...(userCode === "" ? {} : { userCode }) }),
      ];
      await store.transact([documents.unchanged(id, undefined)], ops);
      return { code, userCode };
    },
    find,
    findUserCode: (userCode) => {
      const wanted = userCode.toUpperCase().replace(/[^A-Z0-9]/g, "");
      return documents.list("device/").find((document) => document.value.userCode === wanted && waits(document));
    },
    async change(document, value) {
      const { succeeded } = await store.transact([documents.unchanged(document.id, document)], [documents.put(document.id, value)]);
      return succeeded;
    },
    close: () => documents.close(),
  };
}

/** Old sign-ins that one new one takes away at most. */
const MAX_REMOVED = 50;

function idOf(kind: string, code: string): string {
  return `${kind}/${createHash("sha256").update(code).digest("base64url")}`;
}
