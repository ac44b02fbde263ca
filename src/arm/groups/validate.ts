import { armErrors } from "../errors.ts";
import { findRegion, regionNames } from "../locations.ts";

/** Source: learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules, Microsoft.Resources/resourceGroups. */
export const MAX_NAME_LENGTH = 90;
/** Source: learn.microsoft.com/azure/azure-resource-manager/management/tag-resources, limits. */
export const MAX_TAGS = 50;
export const MAX_TAG_NAME_LENGTH = 512;
export const MAX_TAG_VALUE_LENGTH = 256;

export type Tags = Readonly<Record<string, string>>;

/** @throws {ArmError} InvalidResourceGroup. */
export function validateGroupName(name: string): void {
  if (name.length > MAX_NAME_LENGTH) throw armErrors.groupNameLength(name, MAX_NAME_LENGTH);
  const wrong = [...new Set(name.match(/[^\p{L}\p{N}_().-]/gu) ?? [])];
  if (wrong.length > 0) throw armErrors.groupName(name, wrong.join(""));
  if (name.endsWith(".")) throw armErrors.groupName(name, ".");
}

/** What a PUT of a group wants. @throws {ArmError} for a body that is not of that form, or an unknown region. */
export function decodeGroup(body: unknown): { readonly location: string; readonly tags?: Tags; readonly managedBy?: string } {
  const { location, tags, managedBy } = requireObject(body);
  if (location === undefined || location === null || location === "") throw armErrors.locationRequired();
  if (typeof location !== "string") throw wrongType("location", "String");
  const region = findRegion(location);
  if (region === undefined) throw armErrors.groupRegion(location, regionNames());
  if (managedBy !== undefined && managedBy !== null && typeof managedBy !== "string") throw wrongType("managedBy", "String");
  const decodedTags = decodeTags(tags);
  return {
    location: region.name,
    ...(decodedTags === undefined ? {} : { tags: decodedTags }),
    ...(typeof managedBy === "string" ? { managedBy } : {}),
  };
}

/** Undefined when absent or null. @throws {ArmError} when there are too many, or one is too long or no text. */
export function decodeTags(tags: unknown): Tags | undefined {
  if (tags === undefined || tags === null) return undefined;
  if (typeof tags !== "object" || Array.isArray(tags)) throw wrongType("tags", "Dictionary`2[System.String,System.String]");
  const entries = Object.entries(tags as Record<string, unknown>);
  checkTags(tags);
  for (const [name, value] of entries) if (value !== null && typeof value === "object") throw wrongType(`tags.${name}`, "String");
  return Object.fromEntries(entries.map(([name, value]) => [name, value === null ? "" : String(value as string | number | boolean)]));
}

const RESERVED_IN_TAG_NAME = /[<>%&\\?/\p{Cc}]/u;

/**
 * What holds for the tags of every resource; whether they are an object of texts is for its provider to say. The portal's own
 * tags, `hidden-link:/subscriptions/…`, may have any characters.
 *
 * @throws {ArmError} InvalidTags, InvalidTagNameCharacters, InvalidTagName or InvalidTagValueLength, in this order.
 */
export function checkTags(tags: unknown): void {
  if (typeof tags !== "object" || tags === null) return;
  const names = Object.keys(tags);
  if (names.length > MAX_TAGS) throw armErrors.tooManyTags(names.length, MAX_TAGS);
  const reserved = names.filter((name) => !/^hidden-|^link/i.test(name) && RESERVED_IN_TAG_NAME.test(name));
  if (reserved.length > 0) throw armErrors.tagNameCharacters(reserved);
  const long = names.filter((name) => name.length > MAX_TAG_NAME_LENGTH);
  if (long.length > 0) throw armErrors.tagNameLength(long, MAX_TAG_NAME_LENGTH);
  const values = Object.values(tags).filter((value): value is string => typeof value === "string" && value.length > MAX_TAG_VALUE_LENGTH);
  if (values.length > 0) throw armErrors.tagValueLength(values, MAX_TAG_VALUE_LENGTH);
}

/** @throws {ArmError} InvalidRequestContent when the body is absent or no object. */
export function requireObject(body: unknown): Readonly<Record<string, unknown>> {
  if (typeof body === "object" && body !== null && !Array.isArray(body)) return body as Record<string, unknown>;
  if (body === undefined) throw armErrors.invalidContent("The request body must not be empty");
  throw armErrors.invalidContent("The request body must be a JSON object. Path '', line 1, position 1.");
}

function wrongType(path: string, type: string): Error {
  return armErrors.invalidContent(`Error converting value to type 'System.${type}'. Path '${path}'.`);
}
