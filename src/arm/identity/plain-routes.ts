import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { headersOf, queryOf, textOf } from "../door/exchange.ts";
import { metadataView } from "./discovery.ts";
import type { createManagedIdentity } from "./managed-identity.ts";
import { metadataVersion, writeJson } from "./routes.ts";

/** Paths at which clients ask for a token of the machine they run on. */
const TOKEN_PATHS = ["/msi/token", "/metadata/identity/oauth2/token", "/oauth2/token"];

/**
 * Adds what the plain listener serves: managed identity, the cloud's endpoints, and whether the program is alive.
 * @param options.endpoint Base URL of the TLS listener, once it is known: metadata points there.
 */
export function addPlainRoutes(
  app: FastifyInstance,
  options: { readonly managedIdentity: ReturnType<typeof createManagedIdentity>; readonly endpoint: () => string | undefined },
): void {
  const token = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const parameters = request.method === "POST" ? new URLSearchParams(textOf(request) ?? "") : queryOf(request);
    const { status, body } = await options.managedIdentity({ method: request.method, parameters, headers: headersOf(request) });
    writeJson(reply, status, body);
  };
  for (const path of TOKEN_PATHS) app.all(path, { config: { methods: ["GET", "POST"] } }, token);
  app.get("/metadata/endpoints", async (request, reply) => {
    const endpoint = options.endpoint();
    if (endpoint === undefined) return writeJson(reply, 503, { error: { code: "NotReady", message: "The TLS listener is not open yet." } });
    writeJson(reply, 200, metadataView(endpoint, metadataVersion(request)));
  });
  app.get("/health", async (_request, reply) => writeJson(reply, 200, { status: "ok" }));
}
