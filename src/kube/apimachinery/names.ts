import { isReleaseAtLeast } from "./release.ts";

/**
 * The forms that names, labels and keys must have. Each check returns the complaints Kubernetes has about a text, in its
 * words, and nothing when the text is well formed. Lengths count bytes, as Kubernetes does.
 * Source: kubernetes/apimachinery pkg/api/validate/content and pkg/util/validation/validation.go.
 */

const DNS_1123_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const DNS_1123_SUBDOMAIN = `${DNS_1123_LABEL}(\\.${DNS_1123_LABEL})*`;
const DNS_1035_LABEL = "[a-z]([-a-z0-9]*[a-z0-9])?";
const KEY_NAME = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
const LABEL_VALUE = `(${KEY_NAME})?`;
const CONFIG_KEY = "[-._a-zA-Z0-9]+";
const ENV_NAME = "[-._a-zA-Z][-._a-zA-Z0-9]*";

const KEY_NAME_TEXT = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";

/** Longest label, in bytes. */
export const MAX_LABEL_LENGTH = 63;
/** Longest subdomain, in bytes. */
export const MAX_SUBDOMAIN_LENGTH = 253;

const patterns = new Map<string, RegExp>();

function matches(pattern: string, text: string): boolean {
  let compiled = patterns.get(pattern);
  if (compiled === undefined) patterns.set(pattern, (compiled = new RegExp(`^${pattern}$`)));
  // JavaScript's `$` does not match before a final line break, so neither needs care.
  return compiled.test(text);
}

/** Complaint about a text that is too long. */
export function maxLengthText(limit: number): string {
  return `must be no more than ${limit} bytes`;
}

function patternText(text: string, pattern: string, ...examples: readonly string[]): string {
  const shown = examples.map((example) => `'${example}', `).join(" or ");
  return `${text} (${examples.length === 0 ? "" : `e.g. ${shown}`}regex used for validation is '${pattern}')`;
}

function tooLong(text: string, limit: number): boolean {
  return text.length > limit || (text.length * 3 > limit && Buffer.byteLength(text) > limit);
}

/** A DNS label: names of namespaces, containers, volumes. */
export function dns1123LabelErrors(text: string): string[] {
  const errors = tooLong(text, MAX_LABEL_LENGTH) ? [maxLengthText(MAX_LABEL_LENGTH)] : [];
  if (matches(DNS_1123_LABEL, text)) return errors;
  if (matches(DNS_1123_SUBDOMAIN, text)) return [...errors, "must not contain dots"];
  const message =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character";
  return [...errors, patternText(message, DNS_1123_LABEL, "my-name", "123-abc")];
}

/** Labels joined by dots: names of most objects. */
export function dns1123SubdomainErrors(text: string): string[] {
  const errors = tooLong(text, MAX_SUBDOMAIN_LENGTH) ? [maxLengthText(MAX_SUBDOMAIN_LENGTH)] : [];
  if (matches(DNS_1123_SUBDOMAIN, text)) return errors;
  const message =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
  return [...errors, patternText(message, DNS_1123_SUBDOMAIN, "example.com")];
}

/** A subdomain below a wildcard: `*.example.com`. Source: apimachinery pkg/util/validation/validation.go, IsWildcardDNS1123Subdomain. */
export function wildcardSubdomainErrors(text: string): string[] {
  const errors = tooLong(text, MAX_SUBDOMAIN_LENGTH) ? [maxLengthText(MAX_SUBDOMAIN_LENGTH)] : [];
  const pattern = `\\*\\.${DNS_1123_SUBDOMAIN}`;
  if (matches(pattern, text)) return errors;
  const message =
    "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character";
  return [...errors, patternText(message, pattern, "*.example.com")];
}

/** A label that begins with a letter: names of services. */
export function dns1035LabelErrors(text: string): string[] {
  const errors = tooLong(text, MAX_LABEL_LENGTH) ? [maxLengthText(MAX_LABEL_LENGTH)] : [];
  if (matches(DNS_1035_LABEL, text)) return errors;
  const message =
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character";
  return [...errors, patternText(message, DNS_1035_LABEL, "my-name", "abc-123")];
}

const KEY_NAME_FORM = patternText(KEY_NAME_TEXT, KEY_NAME, "MyName", "my.name", "123-abc");

/** A name that may have a DNS prefix: keys of labels, annotations, taints and extended resources. */
export function qualifiedNameErrors(text: string): string[] {
  const parts = text.split("/");
  const name = parts.at(-1) ?? "";
  if (parts.length > 2)
    return [`a valid label key ${KEY_NAME_FORM} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  const errors: string[] = [];
  const prefix = parts.length === 2 ? (parts[0] ?? "") : undefined;
  if (prefix === "") errors.push("prefix part must be non-empty");
  else if (prefix !== undefined) errors.push(...dns1123SubdomainErrors(prefix).map((error) => `prefix part ${error}`));
  if (name === "") errors.push("name part must be non-empty");
  else if (tooLong(name, MAX_LABEL_LENGTH)) errors.push(`name part ${maxLengthText(MAX_LABEL_LENGTH)}`);
  if (!matches(KEY_NAME, name)) errors.push(`name part ${KEY_NAME_FORM}`);
  return errors;
}

/** The value of a label. */
export function labelValueErrors(text: string): string[] {
  const errors = tooLong(text, MAX_LABEL_LENGTH) ? [maxLengthText(MAX_LABEL_LENGTH)] : [];
  if (matches(LABEL_VALUE, text)) return errors;
  const message =
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
  return [...errors, patternText(message, LABEL_VALUE, "MyValue", "my_value", "12345")];
}

/** A key of a config map or secret. */
export function configMapKeyErrors(text: string): string[] {
  const errors = tooLong(text, MAX_SUBDOMAIN_LENGTH) ? [maxLengthText(MAX_SUBDOMAIN_LENGTH)] : [];
  if (!matches(CONFIG_KEY, text)) {
    const message = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'";
    errors.push(patternText(message, CONFIG_KEY, "key.name", "KEY_NAME", "key-name"));
  }
  if (text === ".") errors.push("must not be '.'");
  if (text === "..") errors.push("must not be '..'");
  else if (text.startsWith("..")) errors.push("must not start with '..'");
  return errors;
}

/** The name of a container's environment variable, in a release. */
export function envNameErrors(text: string, version: string): string[] {
  if (isReleaseAtLeast(version, "1.32")) return relaxedEnvNameErrors(text);
  if (matches(ENV_NAME, text)) return [];
  const message =
    "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit";
  return [patternText(message, ENV_NAME, "my.env-name", "MY_ENV.NAME", "MyEnvName1")];
}

/** Source: apimachinery pkg/util/validation/validation.go, IsRelaxedEnvVarName; on by itself as of v1.32.0. */
function relaxedEnvNameErrors(text: string): string[] {
  if (text.length > 0 && /^[ -<>-~]*$/.test(text)) return [];
  return ["a valid environment variable name must consist only of printable ASCII characters other than '='"];
}

const MAX_PORT_NAME_LENGTH = 15;

/** The name of a port. */
export function portNameErrors(text: string): string[] {
  const errors: string[] = [];
  if (tooLong(text, MAX_PORT_NAME_LENGTH)) errors.push(`must be no more than ${MAX_PORT_NAME_LENGTH} characters`);
  if (!matches("[-a-z0-9]+", text)) errors.push("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
  if (!/[a-z]/.test(text)) errors.push("must contain at least one letter (a-z)");
  if (text.includes("--")) errors.push("must not contain consecutive hyphens");
  if (text.startsWith("-") || text.endsWith("-")) errors.push("must not begin or end with a hyphen");
  return errors;
}

/** A number of a port that is really used, so not 0. */
export function portNumberErrors(port: number): string[] {
  return Number.isInteger(port) && port >= 1 && port <= 65_535 ? [] : ["must be between 1 and 65535, inclusive"];
}

/** Letters of generated names: no vowels, so no words; source: apimachinery pkg/util/rand/rand.go. */
export const NAME_SUFFIX_ALPHABET = "bcdfghjklmnpqrstvwxz2456789";

const SUFFIX_LENGTH = 5;
const MAX_NAME_LENGTH = 63;

/**
 * `count` letters of {@link NAME_SUFFIX_ALPHABET}.
 * @param random Numbers from 0 up to, not including, 1.
 */
export function nameSuffix(random: () => number, count: number = SUFFIX_LENGTH): string {
  let suffix = "";
  for (let index = 0; index < count; index++) suffix += NAME_SUFFIX_ALPHABET[Math.floor(random() * NAME_SUFFIX_ALPHABET.length)] ?? "b";
  return suffix;
}

/**
 * A name for `metadata.generateName`: the prefix, cut so that five letters fit into 63.
 * Source: kubernetes/apiserver pkg/storage/names/generate.go.
 */
export function generateName(prefix: string, random: () => number): string {
  return prefix.slice(0, MAX_NAME_LENGTH - SUFFIX_LENGTH) + nameSuffix(random);
}

/**
 * The digits of `hash` written with {@link NAME_SUFFIX_ALPHABET}: the pod-template-hash of a replica set's name.
 * Source: apimachinery pkg/util/rand/rand.go, SafeEncodeString.
 */
export function safeEncode(hash: string): string {
  return Array.from(hash, (letter) => NAME_SUFFIX_ALPHABET[(letter.codePointAt(0) ?? 0) % NAME_SUFFIX_ALPHABET.length]).join("");
}
