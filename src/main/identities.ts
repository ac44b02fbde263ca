import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Document, isSeq, parseDocument } from "yaml";
import type { IdentitiesDocument, IdentitiesFile, IdentityKind } from "#api/identities";
import { StartError } from "#api/server";
import { hashSecret, IdentitiesError, parseIdentities, readDirectory } from "#arm";
import { readInstallation } from "./identity.ts";

/** The file of identities in a data directory. */
export const IDENTITIES_FILE = "identities.yaml";

const HEAD = ` Who may sign in besides the installation's own identity. "lido identity" writes here; edit it as you like:
 a server that runs reads it again at the next sign-in. Secrets are kept as hashes, or in clear as "value" and "password".`;

/** Reads the file again when its size or its time has changed; quick enough to be asked at every sign-in. */
export function identitiesReader(path: string): () => string | undefined {
  let known = "";
  let text: string | undefined;
  return () => {
    const stat = statSync(path, { throwIfNoEntry: false });
    const version = stat === undefined ? "" : `${stat.mtimeMs} ${stat.size} ${stat.ino}`;
    if (version === known) return text;
    known = version;
    text = stat === undefined ? undefined : readFileSync(path, "utf8");
    return text;
  };
}

/** What the user is told of a file of identities that is wrong; any other error is itself. */
export function explained(error: unknown): unknown {
  return error instanceof IdentitiesError ? new StartError(`${IDENTITIES_FILE} is wrong: ${error.message}`) : error;
}

/** The identities of a data directory, for the command line; a server need not run. */
export function openIdentities(dataDir: string): IdentitiesFile {
  const folder = resolve(dataDir);
  const path = join(folder, IDENTITIES_FILE);
  const installation = readInstallation(folder);
  const load = (): Document => {
    const document = existsSync(path) ? parseDocument(readFileSync(path, "utf8")) : new Document({});
    if (!existsSync(path)) document.commentBefore = HEAD;
    check(document.toString());
    // A file of comments alone has nothing that an entry could be added to.
    if (document.contents === null) document.contents = document.createNode({});
    return document;
  };
  const check = (text: string): IdentitiesDocument => {
    try {
      readDirectory({ ...installation, credentials: [installation], subscriptions: [{ id: installation.subscriptionId }] }, text);
      return parseIdentities(text);
    } catch (error) {
      throw explained(error);
    }
  };
  const save = (document: Document): void => {
    const text = document.toString({ lineWidth: 0 });
    check(text);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const half = `${path}.${process.pid}`;
    writeFileSync(half, text, { mode: 0o600 });
    renameSync(half, path);
  };
  return {
    path,
    tenantId: installation.tenantId,
    read: () => check(load().toString()),
    put(kind, index, entry) {
      const document = load();
      listOf(document, kind).set(index, document.createNode(entry));
      save(document);
    },
    remove(kind, index) {
      const document = load();
      listOf(document, kind).delete(index);
      save(document);
    },
    hash: hashSecret,
  };
}

function listOf(document: Document, kind: IdentityKind) {
  const present = document.get(kind);
  if (isSeq(present)) return present;
  const made = document.createNode([]);
  document.set(kind, made);
  return made;
}
