import { type UnzipFileFilter, unzipSync } from "fflate";
import { refusals } from "../errors.ts";

/** The files of a command by their path in its folder: `ns.yaml`, `k8s/web.yaml`. */
export type Files = ReadonlyMap<string, string>;

/** Bytes of all attached files together at most. Unverified: AKS's own limit. */
const MAX_BYTES = 16 * 1_048_576;
const MAX_FILES = 1000;

/**
 * The files of a run command's `context`, a zip in base64.
 * @throws {ProviderError} 400 for what is neither empty nor a zip, and for more than is taken.
 */
export function readAttachment(context: string | undefined): Files {
  if (context === undefined || context.trim() === "") return new Map();
  const bytes = Buffer.from(context, "base64");
  let total = 0;
  let count = 0;
  const isTaken: UnzipFileFilter = ({ name, originalSize }) => {
    total += originalSize;
    count += 1;
    return total <= MAX_BYTES && count <= MAX_FILES && !name.endsWith("/");
  };
  const files = unzipped(bytes, isTaken);
  if (total > MAX_BYTES || count > MAX_FILES) {
    throw refusals.invalidParameter("context", `more than ${MAX_FILES} files or ${MAX_BYTES / 1_048_576} MB`);
  }
  return new Map(Object.entries(files).map(([name, content]) => [normalPath(name), Buffer.from(content).toString("utf8")]));
}

function unzipped(bytes: Uint8Array, filter: UnzipFileFilter): Readonly<Record<string, Uint8Array>> {
  try {
    return unzipSync(bytes, { filter });
  } catch {
    throw refusals.invalidParameter("context", "it is not a zip file in base64");
  }
}

/** `./k8s//web.yaml` is `k8s/web.yaml`. */
export function normalPath(path: string): string {
  return path
    .replaceAll("\\", "/")
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/");
}
