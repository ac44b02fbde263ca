import { X509Certificate } from "node:crypto";
import { dns1123SubdomainErrors, type FieldError, invalid, portNumberErrors, required } from "#kube/apimachinery";
import { objectOf } from "../shape.ts";

/** Where a webhook is. */
export interface ClientConfigSpec {
  url?: string;
  caBundle?: string;
  service?: { namespace: string; name: string; path?: string; port?: number };
}

export const CLIENT_CONFIG = objectOf("WebhookClientConfig", {
  url: "text",
  caBundle: "bytes",
  service: objectOf("ServiceReference", { namespace: "filled", name: "filled", path: "text", port: "int32" }),
});

const HTTPS_PORT = 443;

/** Source: pkg/apis/admissionregistration/v1/defaults.go, SetDefaults_ServiceReference. */
export function defaultClientConfig({ service }: ClientConfigSpec): void {
  if (service !== undefined) service.port ??= HTTPS_PORT;
}

/** Source: pkg/apis/admissionregistration/validation/validation.go, validateValidatingWebhook. */
export function clientConfigErrors(config: ClientConfigSpec, field: string): FieldError[] {
  const { url, service, caBundle } = config;
  if ((url === undefined) === (service === undefined)) return [required(field, "exactly one of url or service is required")];
  return [...addressErrors(config, field), ...caBundleErrors(caBundle ?? "", `${field}.caBundle`)];
}

/** What is wrong with the one of both that is there. */
export function addressErrors({ url, service }: ClientConfigSpec, field: string): FieldError[] {
  return [
    ...(url === undefined ? [] : urlErrors(url, `${field}.url`)),
    ...(service === undefined ? [] : serviceErrors(service, `${field}.service`)),
  ];
}

const FORM = "; desired format: https://host[/path]";

/** Source: apiserver pkg/util/webhook/validation.go, ValidateWebhookURL. */
function urlErrors(text: string, field: string): FieldError[] {
  const [, scheme = "", rest = ""] = /^(?:([A-Za-z][A-Za-z\d+.-]*):)?(.*)$/s.exec(text) ?? [];
  const host = /^\/\/([^/?#]*)/.exec(rest)?.[1] ?? "";
  const errors: FieldError[] = [];
  if (scheme.toLowerCase() !== "https") errors.push(invalid(field, scheme, `'https' is the only allowed URL scheme${FORM}`));
  if (host === "") errors.push(invalid(field, "", `host must be specified${FORM}`));
  if (errors.length === 0 && !URL.canParse(text))
    return [required(field, `url must be a valid URL: parse ${JSON.stringify(text)}: invalid URL${FORM}`)];
  const [before = "", fragment = ""] = rest.split(/#(.*)/s);
  const query = before.split(/\?(.*)/s)[1] ?? "";
  const user = host.includes("@") ? host.slice(0, host.lastIndexOf("@")) : "";
  if (user !== "") errors.push(invalid(field, user, "user information is not permitted in the URL"));
  if (fragment !== "") errors.push(invalid(field, fragment, "fragments are not permitted in the URL"));
  if (query !== "") errors.push(invalid(field, query, "query parameters are not permitted in the URL"));
  return errors;
}

/** Source: as above, ValidateWebhookService. */
function serviceErrors(
  { name, namespace, path, port = HTTPS_PORT }: NonNullable<ClientConfigSpec["service"]>,
  field: string,
): FieldError[] {
  const errors: FieldError[] = [];
  if (name === "") errors.push(required(`${field}.name`));
  if (namespace === "") errors.push(required(`${field}.namespace`));
  for (const detail of portNumberErrors(port)) errors.push(invalid(`${field}.port`, port, `port is not valid: ${detail}`));
  if (path === undefined || path === "" || path === "/") return errors;
  const refuse = (detail: string): void => void errors.push(invalid(`${field}.path`, path, detail));
  if (path === "//") refuse("segment[0] may not be empty");
  else {
    if (!path.startsWith("/")) refuse("must start with a '/'");
    for (const [index, segment] of path.slice(1).replace(/\/$/, "").split("/").entries()) {
      if (segment === "") refuse(`segment[${index}] may not be empty`);
      else for (const detail of dns1123SubdomainErrors(segment)) refuse(`segment[${index}]: ${detail}`);
    }
  }
  return errors;
}

/** A bundle that nothing can be read of would make every call fail. Source: client-go transport, TLSConfigFor, rootCertPool. */
export function caBundleErrors(caBundle: string, field: string): FieldError[] {
  if (caBundle === "") return [];
  const pem = Buffer.from(caBundle, "base64").toString("latin1");
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  const isReadable = blocks.some((block) => {
    try {
      return new X509Certificate(block).raw.length > 0;
    } catch {
      return false;
    }
  });
  if (isReadable) return [];
  return [invalid(field, caBundle, "unable to load root certificates: unable to parse bytes as PEM block")];
}
