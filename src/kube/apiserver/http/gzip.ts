import type { ServerResponse } from "node:http";
import { pipeline } from "node:stream";
import { createGzip, constants } from "node:zlib";
import { sendPieces } from "./send-pieces.ts";
import type { SplicedBody } from "./splices.ts";

/** Larger answers are compressed for those who take it. Source: apiserver responsewriters/writers.go, defaultGzipThresholdBytes. */
const THRESHOLD_BYTES = 128 * 1024;

/** Headers of a compressed answer. Source: ibid., unbufferedWrite. */
export const GZIP_HEADERS = { "content-encoding": "gzip", vary: "Accept-Encoding" } as const;

/** Whether an answer of this size goes compressed to a client with this Accept-Encoding. Source: ibid., responseContentEncodingSupported. */
export function isGzipped(acceptEncoding: string | string[] | undefined, byteLength: number): boolean {
  if (byteLength <= THRESHOLD_BYTES) return false;
  const encodings = String(acceptEncoding ?? "").split(",");
  return encodings.some((encoding) => encoding.split(";")[0]?.trim() === "gzip");
}

/** As {@link sendPieces}, compressed as fast as it goes, beside what the program does meanwhile. */
export async function sendGzipped(response: ServerResponse, body: SplicedBody): Promise<void> {
  const gzip = createGzip({ level: constants.Z_BEST_SPEED });
  // A client that leaves ends both: there is nobody left to tell.
  pipeline(gzip, response, () => undefined);
  await sendPieces(gzip, body);
}
