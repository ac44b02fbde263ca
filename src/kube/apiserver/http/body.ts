import type { IncomingMessage } from "node:http";
import { LineCounter, parseDocument, type ScalarTag } from "yaml";
import { StatusError } from "#api/kubernetes/status";
import { jsonError } from "../admission/dynamic/go-errors.ts";
import { decodeProtobuf, PROTOBUF_TYPE } from "./protobuf/decode.ts";
import { type Duplicates, jsonDuplicates, yamlDuplicates } from "./duplicates.ts";
import { APPLY_PATCH } from "../verbs/apply.ts";
import { badRequest, bodyTooLarge, unsupportedMediaType } from "../status.ts";

/** Bytes of a request's body at most. Source: apiserver pkg/server/config.go, MaxRequestBodyBytes. */
export const MAX_BODY_BYTES = 3 * 1024 * 1024;
/** Levels of a body at most; Kubernetes' own types have about 30. */
const MAX_DEPTH = 200;

const JSON_TYPE = "application/json";
const YAML_TYPE = "application/yaml";
const JSON_PATCH = "application/json-patch+json";
const PATCH_SUFFIX = "-patch+json";

/** The media type of a header, without parameters; undefined when there is none. */
export function mediaTypeOf(header: string | undefined): string | undefined {
  const type = header?.split(";")[0]?.trim().toLowerCase();
  return type === "" ? undefined : type;
}

/** Reads the whole body. @throws {StatusError} RequestEntityTooLarge. */
export function readBody(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const tooLarge = (): void => {
      // What still comes is thrown away, so that the refusal can be read.
      request.removeAllListeners("data");
      request.resume();
      reject(bodyTooLarge(MAX_BODY_BYTES));
    };
    request.once("error", reject);
    request.once("aborted", () => reject(badRequest("the request ended before its body")));
    request.once("end", () => resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)));
    if (Number(request.headers["content-length"] ?? 0) > MAX_BODY_BYTES) return tooLarge();
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > MAX_BODY_BYTES) return tooLarge();
      chunks.push(chunk);
    });
  });
}

/** What a body holds, and which of its members come twice: the last counts. */
export interface DecodedBody {
  readonly value: unknown;
  /** Looks for them: only some writes ask. */
  duplicates?(): Duplicates | undefined;
}

const EMPTY: DecodedBody = { value: undefined };

/**
 * The value that a body holds; undefined for an empty one. A body without a type is JSON. Patches of a type that is not
 * JSON are left undecoded: the verb refuses their type.
 * @throws {StatusError} UnsupportedMediaType or BadRequest.
 */
export function decodeBody(body: Buffer, mediaType: string | undefined, isPatch: boolean): DecodedBody {
  if (body.length === 0) return EMPTY;
  if (isPatch && mediaType === APPLY_PATCH) return decodeYaml(body);
  if (isPatch) return mediaType?.endsWith(PATCH_SUFFIX) === true ? decodePatch(body, mediaType) : EMPTY;
  switch (mediaType) {
    case undefined:
    case JSON_TYPE:
      return decodeJson(body);
    case YAML_TYPE:
      return decodeYaml(body);
    case PROTOBUF_TYPE:
      return { value: decodeProtobuf(body) };
    default:
      throw unsupportedMediaType([JSON_TYPE, YAML_TYPE, PROTOBUF_TYPE]);
  }
}

function decodeJson(body: Buffer): DecodedBody {
  const text = body.toString();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw badRequest(`couldn't get version/kind; json parse error: ${(error as Error).message}`);
  }
  return { value: checkDepth(value), duplicates: () => jsonDuplicates(text) };
}

/** Source: apiserver pkg/endpoints/handlers/patch.go, jsonPatcher.applyJSPatch and smpPatcher.applyPatchToCurrentObject. */
function decodePatch(body: Buffer, mediaType: string): DecodedBody {
  const text = body.toString();
  try {
    return { value: checkDepth(JSON.parse(text)), duplicates: () => jsonDuplicates(text) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw badRequest(`${mediaType === JSON_PATCH ? "error decoding patch: " : ""}${jsonError(text)}`);
  }
}

const OPENING_BRACE = "{".charCodeAt(0);

/** YAML 1.1's words for truth values, which Kubernetes still reads as such. Source: sigs.k8s.io/yaml goyaml.v2/resolve.go. */
const OLD_BOOLEAN: ScalarTag = {
  tag: "tag:yaml.org,2002:bool",
  default: true,
  test: /^(?:y|Y|yes|Yes|YES|on|On|ON|n|N|no|No|NO|off|Off|OFF)$/,
  resolve: (text) => /^(?:y|on)/i.test(text),
};

function decodeYaml(body: Buffer): DecodedBody {
  const text = body.toString();
  // Most of what comes as YAML is JSON, which reads much faster.
  const asJson = body[0] === OPENING_BRACE ? parsedJson(text) : undefined;
  if (asJson !== undefined) return { value: checkDepth(asJson), duplicates: () => jsonDuplicates(text) };
  const lineCounter = new LineCounter();
  try {
    const document = parseDocument(text, { customTags: [OLD_BOOLEAN], uniqueKeys: false, lineCounter });
    const [error] = document.errors;
    if (error !== undefined) throw error;
    return { value: checkDepth(document.toJS({ maxAliasCount: 100 })), duplicates: () => yamlDuplicates(document, lineCounter) };
  } catch (error) {
    if (error instanceof StatusError) throw error;
    throw badRequest(`couldn't get version/kind; yaml parse error: ${(error as Error).message}`);
  }
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What comes after walks bodies by recursion. */
function checkDepth(value: unknown): unknown {
  if (isDeeper(value, MAX_DEPTH)) throw badRequest(`the body is nested deeper than ${MAX_DEPTH} levels`);
  return value;
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (levels === 0) return true;
  for (const member of Object.values(value)) if (isDeeper(member, levels - 1)) return true;
  return false;
}
