import type { Environment } from "@marcbachmann/cel-js";

/** A URL as an expression has it. */
class CelUrl {
  readonly url: URL;
  constructor(url: URL) {
    this.url = url;
  }
}

/** Only those with a scheme, or paths from the root. Source: apiserver pkg/cel/library/urls.go, stringToUrl. */
function parsed(text: string): CelUrl {
  if (!URL.canParse(text))
    throw new Error(`URL parse error during conversion from string: parse ${JSON.stringify(text)}: invalid URI for request`);
  return new CelUrl(new URL(text));
}

function queryOf({ url }: CelUrl): Map<string, string[]> {
  const query = new Map<string, string[]>();
  for (const [name, value] of url.searchParams) query.set(name, [...(query.get(name) ?? []), value]);
  return query;
}

/** Source: apiserver pkg/cel/library/urls.go. */
export function addUrls(environment: Environment): Environment {
  return environment
    .registerType("kubernetes.URL", CelUrl)
    .registerFunction("isURL(string): bool", (text: string) => URL.canParse(text))
    .registerFunction("url(string): kubernetes.URL", parsed)
    .registerFunction("kubernetes.URL.getScheme(): string", ({ url }: CelUrl) => url.protocol.replace(/:$/, ""))
    .registerFunction("kubernetes.URL.getHost(): string", ({ url }: CelUrl) => url.host)
    .registerFunction("kubernetes.URL.getHostname(): string", ({ url }: CelUrl) => url.hostname.replaceAll(/^\[|\]$/g, ""))
    .registerFunction("kubernetes.URL.getPort(): string", ({ url }: CelUrl) => url.port)
    .registerFunction("kubernetes.URL.getEscapedPath(): string", ({ url }: CelUrl) => url.pathname)
    .registerFunction("kubernetes.URL.getQuery(): map<string, list<string>>", queryOf);
}
