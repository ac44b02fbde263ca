import { parseDocument } from "yaml";
import type { IdentitiesDocument } from "#api/identities";
import type { Logger } from "#lib";
import { decodeIdentities, IdentitiesError } from "./decode.ts";
import { createDirectory, type Installation } from "./directory.ts";
import type { Directory } from "./model.ts";

/** Bytes of the file of identities at most. */
const MAX_FILE_LENGTH = 1024 * 1024;

/** Everyone who may sign in, as of now. */
export type DirectorySource = () => Directory;

/** What the directory is made from. */
export interface DirectoryOptions extends Installation {
  readonly log: Logger;
  /** The file of identities as it is now; undefined when there is none. Asked at every sign-in, so it must be quick. */
  readonly identities?: () => string | undefined;
}

/** Reads a file of identities. @throws {IdentitiesError} that says where it is wrong. */
export function parseIdentities(text: string): IdentitiesDocument {
  if (text.length > MAX_FILE_LENGTH) throw new IdentitiesError(`the file is longer than ${MAX_FILE_LENGTH} characters`);
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) throw new IdentitiesError(error.message.trimEnd());
  return decodeIdentities(valueOf(document));
}

/** An alias could stand for more than memory holds, so there may be none. */
function valueOf(document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch (error) {
    throw new IdentitiesError((error as Error).message);
  }
}

/** Everyone who may sign in, by a file's text. @throws {IdentitiesError} */
export function readDirectory(installation: Installation, text: string | undefined): Directory {
  return createDirectory(installation, parseIdentities(text ?? ""));
}

/**
 * Opens the directory. A file that becomes wrong later changes nobody's identity: it is logged, and what was read last holds.
 * @throws {IdentitiesError} when the file is wrong from the start.
 */
export function openDirectory({ identities = () => undefined, log, ...installation }: DirectoryOptions): DirectorySource {
  let text = identities();
  let directory = readDirectory(installation, text);
  return () => {
    const now = identities();
    if (now === text) return directory;
    text = now;
    try {
      directory = readDirectory(installation, now);
    } catch (error) {
      if (!(error instanceof IdentitiesError)) throw error;
      log.warn("the file of identities is wrong, so the identities stay as they were", { error: error.message });
    }
    return directory;
  };
}
