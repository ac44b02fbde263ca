import type { Core } from "../core.ts";

/**
 * What kubectl up to 1.27 is answered. It asks for `…spec.v2@v1.0+protobuf`, which Go's own parser refuses in an answer.
 * Source: kube-openapi pkg/handler/handler.go, mimePb.
 */
export const OPENAPI_V2_TYPE = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

/** The least that is an OpenAPI v2 document, for people and old clients that read JSON. */
export function openApiV2Json({ version }: Pick<Core, "version">): object {
  return { swagger: "2.0", info: { title: "Kubernetes", version: `v${version}` }, paths: {} };
}

/**
 * The same as a protobuf message: `Document{1: swagger, 2: Info{1: title, 2: version}}`.
 * kubectl reads nothing else, and takes a document without paths for one that has no rules.
 * Source: google/gnostic-models openapiv2/OpenAPIv2.proto.
 */
export function openApiV2Protobuf({ version }: Pick<Core, "version">): Buffer {
  const info = Buffer.concat([textField(1, "Kubernetes"), textField(2, `v${version}`)]);
  return Buffer.concat([textField(1, "2.0"), field(2, info)]);
}

const LENGTH_DELIMITED = 2;

function textField(number: number, text: string): Buffer {
  return field(number, Buffer.from(text));
}

/** A field of bytes; its number is below 16 and its length below 128. */
function field(number: number, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(number << 3) | LENGTH_DELIMITED, bytes.length]), bytes]);
}
