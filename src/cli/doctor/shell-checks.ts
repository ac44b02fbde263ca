import { existsSync, readFileSync } from "node:fs";
import type { ServerAddress } from "#api/server";
import { certificatesIn } from "../environment/authorities.ts";
import { isProxied } from "../environment/environment.ts";
import { fail, type Finding, ok } from "./finding.ts";
import type { Machine } from "./machine.ts";

/** Variables that must name a file with the authority, and who reads them. */
const AUTHORITIES: Readonly<Record<string, string>> = {
  REQUESTS_CA_BUNDLE: "az and Python",
  SSL_CERT_FILE: "Terraform and other Go programs",
  NODE_EXTRA_CA_CERTS: "Node.js",
};

/**
 * Whether the clients of this shell find the server and trust it.
 * @param mend what to type when they do not.
 */
export function checkShell(machine: Machine, address: ServerAddress, mend: string): readonly Finding[] {
  const { environment } = machine;
  const proxy = checkProxy(environment, mend);
  if (environment["LIDO_ENDPOINT"] === undefined) {
    return [fail("shell", "This shell does not point at Lido: az and kubectl go where they always go.", mend), proxy];
  }
  return [checkTarget(environment, address, mend), checkTrust(environment, address, mend), proxy];
}

function checkTarget(environment: NodeJS.ProcessEnv, { endpoint, clientSecret }: ServerAddress, mend: string): Finding {
  if (environment["LIDO_ENDPOINT"] !== endpoint)
    return fail("shell", `This shell points at ${environment["LIDO_ENDPOINT"]}, but Lido is at ${endpoint}.`, mend);
  for (const name of ["AZURE_CONFIG_DIR", "KUBECONFIG"]) {
    if (environment[name] === undefined) return fail("shell", `${name} is not set any more.`, mend);
  }
  if (environment["AZURE_CLIENT_SECRET"] !== clientSecret)
    return fail("shell", "AZURE_CLIENT_SECRET is not that of this server, which has been reset since or is another.", mend);
  return ok("shell", `Its clients go to ${endpoint}.`);
}

function checkTrust(environment: NodeJS.ProcessEnv, { ca }: ServerAddress, mend: string): Finding {
  const [authority] = certificatesIn(existsSync(ca) ? readFileSync(ca, "utf8") : "");
  const wrong = Object.entries(AUTHORITIES).find(([name]) => {
    const path = environment[name];
    return (
      path === undefined || !existsSync(path) || authority === undefined || !certificatesIn(readFileSync(path, "utf8")).includes(authority)
    );
  });
  if (wrong === undefined) return ok("trust", "az, the SDKs and Go programs of this shell trust Lido's authority.");
  const [name, who] = wrong;
  const path = environment[name];
  const what =
    path === undefined
      ? "is not set"
      : existsSync(path)
        ? `names ${path}, which lacks Lido's authority`
        : `names ${path}, which does not exist`;
  return fail("trust", `${name} ${what}: ${who} will refuse the server's certificate.`, mend);
}

function checkProxy(environment: NodeJS.ProcessEnv, mend: string): Finding {
  if (!isProxied(environment)) return ok("proxy", "None stands between this shell and localhost.");
  return fail("proxy", "A proxy is set, and NO_PROXY does not name localhost, 127.0.0.1 and ::1.", `${mend}, which adds them`);
}
