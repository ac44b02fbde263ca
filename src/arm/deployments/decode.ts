import { armErrors } from "../errors.ts";
import { decodeLenientBody } from "../door/body.ts";
import { requireObject } from "../groups/validate.ts";
import type { TextPosition } from "../json/json-reader.ts";
import type { ArmRequest } from "../provider.ts";
import { isObject, shown } from "./template/template-function.ts";

/** What a PUT or a validate asks for. */
export interface DeploymentBody {
  readonly template: Readonly<Record<string, unknown>>;
  /** `{name: {value}}`, not yet checked. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly positionOf: (object: unknown) => TextPosition;
  readonly mode: "Incremental" | "Complete";
  /** Beside the properties: where a deployment to a subscription is kept. */
  readonly location?: string;
  /** Of a what-if: whether its answer is to hold ids only. */
  readonly idsOnly: boolean;
}

/** Bytes of a template and its parameters at most. Differs from AKS: 1 MiB instead of 4 MB. */
export const MAX_TEMPLATE_BYTES = 1024 * 1024;
const REQUIRED = ["$schema", "contentVersion", "resources"];
const SCHEMA =
  /^https?:\/\/schema\.management\.azure\.com\/schemas\/(2014-04-01-preview|2015-01-01|2018-05-01|2019-04-01|2019-08-01)\/\w+\.json#?$/i;
const SCHEMA_VERSIONS = "2014-04-01-preview,2015-01-01,2018-05-01,2019-04-01,2019-08-01";

/**
 * Reads a deployment's body; a call from inside brings it decoded.
 * @throws {ArmError} InvalidRequestContent, InvalidTemplate, or NotEmulated for what is not.
 */
export function decodeDeployment(request: Pick<ArmRequest, "body" | "text">): DeploymentBody {
  const { value, positionOf } =
    request.body === undefined ? decodeLenientBody(request.text) : { value: request.body, positionOf: () => ({ line: 1, column: 1 }) };
  const { properties, location } = requireObject(value);
  if (!isObject(properties)) throw armErrors.invalidContent("Required property 'properties' not found in JSON. Path ''");
  const mode = decodeMode(properties.mode);
  if (properties.templateLink !== undefined && properties.templateLink !== null) throw armErrors.notEmulated("A template by link");
  if (properties.parametersLink !== undefined && properties.parametersLink !== null)
    throw armErrors.notEmulated("A parameter file by link");
  const { template } = properties;
  if (!isObject(template)) throw armErrors.invalidContent("Required property 'template' not found in JSON. Path 'properties'");
  if (Buffer.byteLength(JSON.stringify(properties)) > MAX_TEMPLATE_BYTES) throw armErrors.contentTooLarge("1 MB");
  checkTemplate(template, positionOf(template));
  const parameters = properties.parameters ?? {};
  if (!isObject(parameters)) throw armErrors.invalidContent("Error converting value to type 'Parameters'. Path 'properties.parameters'");
  checkParameters(parameters);
  const place = typeof location === "string" && location !== "" ? { location } : {};
  return { template, parameters, positionOf, mode, ...place, idsOnly: wantsIds(properties.whatIfSettings) };
}

function wantsIds(settings: unknown): boolean {
  if (!isObject(settings) || settings.resultFormat === undefined) return false;
  const format = shown(settings.resultFormat).toLowerCase();
  if (format !== "resourceidonly" && format !== "fullresourcepayloads") {
    throw armErrors.invalidContent(
      `Error converting value "${shown(settings.resultFormat)}" to type 'WhatIfResultFormat'. Path 'properties.whatIfSettings.resultFormat'`,
    );
  }
  return format === "resourceidonly";
}

function decodeMode(mode: unknown): DeploymentBody["mode"] {
  if (mode === undefined || mode === null) throw armErrors.invalidContent("Required property 'mode' not found in JSON. Path 'properties'");
  const lower = shown(mode).toLowerCase();
  if (lower === "complete") return "Complete";
  if (lower === "incremental") return "Incremental";
  throw armErrors.invalidContent(`Error converting value "${shown(mode)}" to type 'DeploymentMode'. Path 'properties.mode'`);
}

function checkTemplate(template: Readonly<Record<string, unknown>>, { line, column }: TextPosition): void {
  const missing = REQUIRED.find((name) => template[name] === undefined || template[name] === null);
  if (missing !== undefined) {
    throw armErrors.invalidTemplate(
      `Deployment template parse failed: 'Required property '${missing}' not found in JSON. Path '', line ${line}, position ${column}.'.`,
    );
  }
  const schema = shown(template.$schema);
  if (!SCHEMA.test(schema)) {
    throw armErrors.invalidTemplate(
      `Deployment template validation failed: 'Template schema '${schema}' is not supported. Supported versions are '${SCHEMA_VERSIONS}'. ` +
        "Please see https://aka.ms/arm-template for usage details.'.",
    );
  }
  if (isObject(template.resources)) throw armErrors.notEmulated("A template with resources by symbolic name (languageVersion 2.0)");
  const { functions } = template;
  if (functions !== undefined && !(Array.isArray(functions) && functions.length === 0))
    throw armErrors.notEmulated("A template with functions of its own");
}

function checkParameters(parameters: Readonly<Record<string, unknown>>): void {
  for (const [name, parameter] of Object.entries(parameters)) {
    if (!isObject(parameter))
      throw armErrors.invalidContent(`Error converting value to type 'DeploymentParameter'. Path 'properties.parameters.${name}'`);
    if (parameter.reference !== undefined && parameter.reference !== null)
      throw armErrors.notEmulated(`A Key Vault reference (parameter '${name}')`);
  }
}
