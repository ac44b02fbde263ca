import { createHash } from "node:crypto";
import { armErrors } from "./errors.ts";

/** Characters of a name in a job id before a hash takes the place of the rest. */
const MAX_ENCODED_LENGTH = 47;

/**
 * A part of a job's id: other characters than letters and digits by their code, and a hash for what is too long.
 * Source: the decoded Location headers of recorded deletions of groups and of recorded what-ifs.
 */
export function jobPart(name: string): string {
  const encoded = name
    .toUpperCase()
    .replace(/[^A-Z0-9]/gu, (char) => `:${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(2, "0")}`);
  const hash = createHash("sha256").update(encoded).digest("hex").slice(0, 16).toUpperCase();
  return encoded.length <= MAX_ENCODED_LENGTH ? encoded : `${encoded.slice(0, MAX_ENCODED_LENGTH)}|${hash}`;
}

/** What stands for a job in `…/operationresults/{token}`. */
export function jobToken(jobId: string, jobLocation: string): string {
  return Buffer.from(JSON.stringify({ jobId, jobLocation })).toString("base64url");
}

/** The id of the job that a token stands for. @throws {ArmError} 404 for text that is not the token of a job. */
export function jobIdOf(token: string): string {
  try {
    const { jobId } = JSON.parse(Buffer.from(token, "base64url").toString()) as { readonly jobId?: unknown };
    if (typeof jobId === "string") return jobId;
  } catch {
    // Not one of ours: answered below like a job that is not known.
  }
  throw armErrors.operationNotFound();
}
