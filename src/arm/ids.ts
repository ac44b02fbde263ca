import { createHash } from "node:crypto";

/** The GUID that belongs to a name: the same name gives the same one. */
export function guidOf(name: string): string {
  const hex = createHash("sha256").update(name).digest("hex");
  return dashed(`${hex.slice(0, 12)}5${hex.slice(13, 16)}8${hex.slice(17, 32)}`);
}

function dashed(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether the text is a GUID with dashes, in any letter case. */
export function isGuid(text: string): boolean {
  return GUID.test(text);
}

/**
 * The GUID whose first three groups have their bytes reversed: what .NET's `Guid` makes of bytes that Go wrote in order.
 * `62d920cc-6907-4d11-…` becomes `cc20d962-0769-114d-…`.
 * Source: recorded operations of Microsoft.ContainerService, 2018 to 2023: the name in the body against the id in the URL.
 */
export function swapGuidBytes(guid: string): string {
  const [a = "", b = "", c = "", ...rest] = guid.split("-");
  return [reverseBytes(a), reverseBytes(b), reverseBytes(c), ...rest].join("-");
}

function reverseBytes(hex: string): string {
  return (hex.match(/../g) ?? []).reverse().join("");
}

/** Whether two names are the same to Azure Resource Manager, which compares them without letter case. */
export function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
