import type { IdentitiesDocument } from "#api/identities";
import { isGuid } from "../../ids.ts";
import { isSecretHash, MAX_SECRET_LENGTH } from "./secrets.ts";

/** The file of identities is wrong; the message says where. */
export class IdentitiesError extends Error {}

/** Identities of one kind, and members of one list of an identity, at most. */
const MAX_IDENTITIES = 1_000;
const MAX_MEMBERS = 20;
const MAX_TEXT = 256;
/** Characters of a certificate or of a set of keys at most. */
const MAX_KEYS_TEXT = 65_536;

type Check = (value: unknown, path: string) => void;

/** Checks what a YAML file held. @throws {IdentitiesError} for the first thing that is wrong. */
export function decodeIdentities(value: unknown): IdentitiesDocument {
  if (value === null || value === undefined) return {};
  fields({
    applications: [list(application, MAX_IDENTITIES)],
    users: [list(user, MAX_IDENTITIES)],
    managedIdentities: [list(managed, MAX_IDENTITIES)],
  })(value, "");
  const document = value as IdentitiesDocument;
  const ids = [
    ...(document.applications ?? []).map(({ clientId }, index) => ({ id: clientId, path: `applications[${index}].clientId` })),
    ...(document.users ?? []).map(({ userPrincipalName }, index) => ({ id: userPrincipalName, path: `users[${index}].userPrincipalName` })),
    ...(document.managedIdentities ?? []).map(({ name }, index) => ({ id: name, path: `managedIdentities[${index}].name` })),
  ];
  const seen = new Set<string>();
  for (const { id, path } of ids) {
    if (seen.has(id.toLowerCase())) throw wrong(path, `"${id}" is there twice`);
    seen.add(id.toLowerCase());
  }
  return document;
}

function wrong(path: string, message: string): IdentitiesError {
  return new IdentitiesError(path === "" ? message : `${path}: ${message}`);
}

const REQUIRED = "required";

/** An object of these members and no others; those marked are required. */
function fields(members: Readonly<Record<string, readonly [Check, typeof REQUIRED?]>>): Check {
  return (value, path) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong(path, "is not a mapping");
    for (const [name, member] of Object.entries(value)) {
      const at = path === "" ? name : `${path}.${name}`;
      const [check] = members[name] ?? [];
      if (check === undefined) throw wrong(at, `is not known here; there may be ${Object.keys(members).join(", ")}`);
      if (member !== undefined && member !== null) check(member, at);
    }
    for (const [name, [, mark]] of Object.entries(members)) {
      if (mark === REQUIRED && ((value as Record<string, unknown>)[name] ?? undefined) === undefined)
        throw wrong(path, `${name} is missing`);
    }
  };
}

function list(check: Check, most = MAX_MEMBERS): Check {
  return (value, path) => {
    if (!Array.isArray(value)) throw wrong(path, "is not a list");
    if (value.length > most) throw wrong(path, `has more than ${most} entries`);
    value.forEach((item, index) => check(item, `${path}[${index}]`));
  };
}

function text(form: RegExp, what: string, most = MAX_TEXT): Check {
  return (value, path) => {
    if (typeof value !== "string" || value === "") throw wrong(path, "is not a text");
    if (value.length > most) throw wrong(path, `has more than ${most} characters`);
    if (!form.test(value)) throw wrong(path, `"${value.slice(0, 40)}" is not ${what}`);
  };
}

const anyText = text(/^[^\p{Cc}]+$/u, "a line of text");
const guid: Check = (value, path) => {
  if (typeof value !== "string" || !isGuid(value)) throw wrong(path, `"${String(value).slice(0, 40)}" is not a GUID`);
};
const hash: Check = (value, path) => {
  if (typeof value !== "string" || !isSecretHash(value)) throw wrong(path, 'is not a hash; "lido identity" makes them');
};
const time: Check = (value, path) => {
  if (typeof value !== "string" || Number.isNaN(Date.parse(value)))
    throw wrong(path, `"${String(value)}" is not a time such as 2027-01-31T12:00:00Z`);
};

/** One of two members, and not both. */
function oneOf(check: Check, ...names: readonly string[]): Check {
  return (value, path) => {
    check(value, path);
    const present = names.filter((name) => (value as Record<string, unknown>)[name] !== undefined);
    if (present.length !== 1) throw wrong(path, `has ${present.length === 0 ? "neither" : "both"} of ${names.join(" and ")}`);
  };
}

const secretText = text(/^[\x20-\x7e\u00a0-\uffff]+$/, "a secret", MAX_SECRET_LENGTH);
const keysText: Check = (value, path) => {
  if (typeof value !== "string" || value.length > MAX_KEYS_TEXT) throw wrong(path, "is not a text of keys");
};
const role = fields({
  role: [anyText, REQUIRED],
  scope: [text(/^\/$|^\/subscriptions\/[^/]+(\/[^/]+)*$/i, "a scope such as /subscriptions/<id>", 2_048)],
});
const identity = { objectId: [guid], displayName: [anyText], roles: [list(role)] } as const;
const secret = oneOf(fields({ value: [secretText], hash: [hash], expires: [time] }), "value", "hash");
const federated = fields({
  name: [anyText, REQUIRED],
  issuer: [text(/^https?:\/\/\S+$/, "a URL", 600), REQUIRED],
  subject: [text(/^\S.*$/, "a subject", 600), REQUIRED],
  audiences: [list(text(/^\S+$/, "an audience", 600))],
  keys: [keysText, REQUIRED],
});
const application = fields({
  clientId: [guid, REQUIRED],
  ...identity,
  secrets: [list(secret)],
  certificates: [list(keysText)],
  federatedCredentials: [list(federated)],
  redirectUris: [list(text(/^[a-z][a-z0-9+.-]*:\S+$/i, "a URI", 2_048))],
});
const user = oneOf(
  fields({
    userPrincipalName: [text(/^[\w.'!#^~+-]+@[A-Za-z0-9.-]+$/, "a user principal name such as ada@lido.local"), REQUIRED],
    ...identity,
    password: [secretText],
    passwordHash: [hash],
  }),
  "password",
  "passwordHash",
);
const managed = fields({
  name: [text(/^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/, "a name of letters, digits, - and _"), REQUIRED],
  clientId: [guid],
  ...identity,
  resourceId: [
    text(
      /^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+\/providers\/Microsoft\.ManagedIdentity\/userAssignedIdentities\/[^/]+$/i,
      "the id of a user-assigned identity",
      2_048,
    ),
  ],
});
