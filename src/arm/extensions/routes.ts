import type { FastifyInstance, FastifyReply } from "fastify";
import { answering, type DoorOptions } from "../door/app.ts";
import { layOut } from "../door/answer.ts";
import { baseUrlOf, pathOf } from "../door/exchange.ts";
import { armErrors } from "../errors.ts";
import { AKS_PREVIEW, AZEXT_METADATA } from "./aks-preview.ts";
import { buildWheel, type Wheel } from "./wheel.ts";

const FOLDER = "/extensions";

/**
 * Adds az's extension index and the one extension that is in it; az asks for both without a token. Names that are not
 * in the index get az's own error.
 * Source: azure-cli core/extension/_index.py: a cloud's index is below its endpoint of the mirror.
 */
export function addExtensionRoutes(app: FastifyInstance, options: DoorOptions): void {
  let built: Wheel | undefined;
  const wheel = (): Wheel => (built ??= buildWheel(AKS_PREVIEW));
  app.get(`${FOLDER}/index.json`, async (request, reply) => {
    write(reply, "application/json", Buffer.from(layOut(extensionIndex(`${baseUrlOf(request.raw)}${FOLDER}`, wheel()), "arm")));
  });
  const noFile = answering(async (request) => {
    throw armErrors.noSuchPath(pathOf(request));
  }, options);
  app.get<{ Params: { file: string } }>(`${FOLDER}/:file`, async (request, reply) => {
    if (request.params.file !== wheel().fileName) return await noFile(request, reply);
    write(reply, "application/octet-stream", wheel().bytes);
  });
}

/**
 * The index as az reads it.
 * @param folder URL that the wheel's file name follows.
 */
export function extensionIndex(folder: string, { fileName, sha256 }: Wheel): Readonly<Record<string, unknown>> {
  const { name, version, summary } = AKS_PREVIEW;
  return {
    formatVersion: "1",
    extensions: {
      [name]: [
        {
          downloadUrl: `${folder}/${fileName}`,
          filename: fileName,
          metadata: { ...AZEXT_METADATA, name, version, summary, license: "MIT", metadata_version: "2.1" },
          sha256Digest: sha256,
        },
      ],
    },
  };
}

function write(reply: FastifyReply, type: string, bytes: Uint8Array): void {
  reply.hijack();
  reply.raw.writeHead(200, { "Content-Type": type, "Content-Length": String(bytes.length), "Cache-Control": "no-cache" });
  reply.raw.end(bytes);
}
