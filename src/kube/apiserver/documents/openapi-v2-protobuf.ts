import { METHODS } from "./path-items.ts";
import type { DocumentV2, OperationV2, ParameterV2, PathItemV2, SchemaV2 } from "./openapi-v2.ts";

/*
 * An OpenAPI v2 document as gnostic's protobuf message: numbers of fields are those of google/gnostic-models
 * openapiv2/OpenAPIv2.proto. Kubernetes' own API server writes it this way for old clients.
 */

const VARINT = 0;
const SIXTY_FOUR_BITS = 1;
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

function pathItem({ parameters = [], ...item }: PathItemV2): Buffer[] {
  const numbers = { get: 2, put: 3, post: 4, delete: 5, patch: 8 } as const;
  return [
    ...METHODS.flatMap((method) => (item[method] === undefined ? [] : [submessage(numbers[method], ...operationFields(item[method]))])),
    ...parameters.map((each) => submessage(9, parameter(each))),
  ];
}

function operationFields({
  tags,
  description,
  operationId,
  produces,
  consumes,
  parameters = [],
  responses,
  schemes,
  ...rest
}: OperationV2): Buffer[] {
  const answers = Object.entries(responses).map(([code, { description: about, schema }]) => {
    const answer = schema === undefined ? [] : [submessage(2, submessage(1, ...schemaFields(schema)))];
    return submessage(1, text(1, code), submessage(2, submessage(1, text(1, about), ...answer)));
  });
  return [
    ...tags.map((each) => text(1, each)),
    text(3, description),
    text(5, operationId),
    ...produces.map((each) => text(6, each)),
    ...consumes.map((each) => text(7, each)),
    ...parameters.map((each) => submessage(8, parameter(each))),
    submessage(9, ...answers),
    ...schemes.map((each) => text(10, each)),
    ...extensions(13, rest),
  ];
}

/** `Parameter.body_parameter`, or `non_body_parameter` of the query or of the path: those two differ in their numbers. */
function parameter(each: ParameterV2): Buffer {
  if (each.in === "body") {
    const { name, in: place, required = false, schema } = each;
    return submessage(1, submessage(1, text(2, name), text(3, place), bool(4, required), submessage(5, ...schemaFields(schema))));
  }
  const { name, in: place, type, description, required = false, uniqueItems } = each;
  const isQuery = place === "query";
  const [typeNumber, uniqueNumber] = isQuery ? [6, 20] : [5, 19];
  const about = description === undefined ? [] : [text(3, description)];
  const fields = [bool(1, required), text(2, place), ...about, text(4, name), text(typeNumber, type), bool(uniqueNumber, uniqueItems)];
  return submessage(1, submessage(2, submessage(isQuery ? 3 : 4, ...fields)));
}

/** Numbers of the fields that hold one text, number or yes. */
const TEXTS = { $ref: 1, format: 2, title: 3, description: 4, pattern: 13 } as const;
const DOUBLES = { multipleOf: 6, maximum: 7, minimum: 9 } as const;
const COUNTS = { maxLength: 11, minLength: 12, maxItems: 14, minItems: 15, maxProperties: 17, minProperties: 18 } as const;
const FLAGS = { exclusiveMaximum: 8, exclusiveMinimum: 10, uniqueItems: 16 } as const;
const OWN = new Set<string>([TEXTS, DOUBLES, COUNTS, FLAGS].flatMap((each) => Object.keys(each)));

function schemaFields(schema: SchemaV2): Buffer[] {
  const { type, required = [], properties, additionalProperties: others, items, default: byDefault, enum: values = [], ...rest } = schema;
  const members: Readonly<Record<string, unknown>> = { ...schema };
  const left = Object.fromEntries(Object.entries(rest).filter(([name]) => !OWN.has(name)));
  return [
    ...fieldsOf(TEXTS, members, (number, value) => text(number, String(value))),
    ...fieldsOf(DOUBLES, members, (number, value) => double(number, Number(value))),
    ...fieldsOf(COUNTS, members, (number, value) => integer(number, Number(value))),
    ...fieldsOf(FLAGS, members, (number, value) => bool(number, value === true)),
    ...(byDefault === undefined ? [] : [submessage(5, yaml(byDefault))]),
    ...required.map((name) => text(19, name)),
    ...values.map((value) => submessage(20, yaml(value))),
    ...(others === undefined
      ? []
      : [submessage(21, typeof others === "boolean" ? bool(2, others) : submessage(1, ...schemaFields(others)))]),
    ...(type === undefined ? [] : [submessage(22, text(1, type))]),
    ...(items === undefined ? [] : [submessage(23, submessage(1, ...schemaFields(items)))]),
    ...(properties === undefined ? [] : [submessage(25, ...named(properties))]),
    ...extensions(31, left),
  ];
}

function fieldsOf(
  numbers: Readonly<Record<string, number>>,
  schema: Readonly<Record<string, unknown>>,
  encode: (number: number, value: unknown) => Buffer,
): Buffer[] {
  return Object.entries(numbers).flatMap(([name, number]) => (schema[name] === undefined ? [] : [encode(number, schema[name])]));
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

function integer(number: number, value: number): Buffer {
  return Buffer.concat([varint((number << 3) | VARINT), varint(Math.max(0, Math.trunc(value)))]);
}

function double(number: number, value: number): Buffer {
  const bits = Buffer.alloc(8);
  bits.writeDoubleLE(value);
  return Buffer.concat([varint((number << 3) | SIXTY_FOUR_BITS), bits]);
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
