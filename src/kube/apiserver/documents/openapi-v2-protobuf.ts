import type { DocumentV2, OperationV2, ParameterV2, PathItemV2, SchemaV2 } from "./openapi-v2.ts";

/*
 * An OpenAPI v2 document as gnostic's protobuf message: numbers of fields are those of google/gnostic-models
 * openapiv2/OpenAPIv2.proto. Kubernetes' own API server writes it this way for old clients.
 */

const VARINT = 0;
const LENGTH_DELIMITED = 2;
const MORE = 0x80;

/** The message `Document`. */
export function encodeOpenApiV2({ swagger, info, paths, definitions }: DocumentV2): Buffer {
  return Buffer.concat([
    text(1, swagger),
    submessage(2, text(1, info.title), text(2, info.version)),
    submessage(8, ...Object.entries(paths).map(([path, item]) => submessage(2, text(1, path), submessage(2, ...pathItem(item))))),
    submessage(9, ...named(definitions)),
  ]);
}

function pathItem({ get, put, post, patch, parameters = [] }: PathItemV2): Buffer[] {
  const operations = [
    [2, get],
    [3, put],
    [4, post],
    [8, patch],
  ] as const;
  return [
    ...operations.flatMap(([number, operation]) => (operation === undefined ? [] : [submessage(number, ...operationFields(operation))])),
    ...parameters.map((each) => submessage(9, parameter(each))),
  ];
}

function operationFields({ parameters = [], responses, ...rest }: OperationV2): Buffer[] {
  const answers = Object.entries(responses).map(([code, { description }]) =>
    submessage(1, text(1, code), submessage(2, submessage(1, text(1, description)))),
  );
  return [...parameters.map((each) => submessage(8, parameter(each))), submessage(9, ...answers), ...extensions(13, rest)];
}

/** `Parameter.non_body_parameter`, of the query or of the path: the two differ in their numbers. */
function parameter({ name, in: place, type, uniqueItems = false, required = false }: ParameterV2): Buffer {
  const isQuery = place === "query";
  const [typeNumber, uniqueNumber] = isQuery ? [6, 20] : [5, 19];
  const fields = [bool(1, required), text(2, place), text(4, name), text(typeNumber, type), bool(uniqueNumber, uniqueItems)];
  return submessage(1, submessage(2, submessage(isQuery ? 3 : 4, ...fields)));
}

function schemaFields(schema: SchemaV2): Buffer[] {
  const {
    $ref,
    description,
    type,
    format,
    required = [],
    properties,
    additionalProperties,
    items,
    default: byDefault,
    enum: values = [],
    ...rest
  } = schema;
  return [
    ...($ref === undefined ? [] : [text(1, $ref)]),
    ...(format === undefined ? [] : [text(2, format)]),
    ...(description === undefined ? [] : [text(4, description)]),
    ...(byDefault === undefined ? [] : [submessage(5, yaml(byDefault))]),
    ...required.map((name) => text(19, name)),
    ...values.map((value) => submessage(20, yaml(value))),
    ...(additionalProperties === undefined ? [] : [submessage(21, submessage(1, ...schemaFields(additionalProperties)))]),
    ...(type === undefined ? [] : [submessage(22, text(1, type))]),
    ...(items === undefined ? [] : [submessage(23, submessage(1, ...schemaFields(items)))]),
    ...(properties === undefined ? [] : [submessage(25, ...named(properties))]),
    ...extensions(31, rest),
  ];
}

function named(schemas: Readonly<Record<string, SchemaV2>>): Buffer[] {
  return Object.entries(schemas).map(([name, schema]) => submessage(1, text(1, name), submessage(2, ...schemaFields(schema))));
}

function extensions(number: number, members: Readonly<Record<string, unknown>>): Buffer[] {
  return Object.entries(members).map(([name, value]) => submessage(number, text(1, name), submessage(2, yaml(value))));
}

/** `Any.yaml`; JSON is YAML. */
function yaml(value: unknown): Buffer {
  return text(2, JSON.stringify(value));
}

/** A field that holds a message. */
function submessage(number: number, ...fields: readonly Buffer[]): Buffer {
  return bytes(number, Buffer.concat(fields));
}

function text(number: number, value: string): Buffer {
  return bytes(number, Buffer.from(value));
}

/** False is what a field that is absent says. */
function bool(number: number, value: boolean): Buffer {
  return value ? Buffer.concat([varint((number << 3) | VARINT), varint(1)]) : Buffer.alloc(0);
}

function bytes(number: number, value: Buffer): Buffer {
  return Buffer.concat([varint((number << 3) | LENGTH_DELIMITED), varint(value.length), value]);
}

function varint(value: number): Buffer {
  const parts: number[] = [];
  let rest = value;
  for (; rest >= MORE; rest = Math.floor(rest / MORE)) parts.push((rest % MORE) | MORE);
  return Buffer.from([...parts, rest]);
}
