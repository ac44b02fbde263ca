import { type FieldError, forbidden, invalid as invalidField, parseTime } from "#kube/apimachinery";
import { badRequest, invalid } from "../status.ts";
import type { LogOptions } from "./log-lines.ts";

type Query = Readonly<Record<string, string>>;

/**
 * @throws {StatusError} BadRequest for what is no number, truth or time; Invalid for what is out of range.
 * Source: pkg/apis/core/validation/validation.go, ValidatePodLogOptions.
 */
export function logOptionsOf(query: Query, name: string, nowMs: number): LogOptions {
  const tailLines = integerOf(query, "tailLines");
  const limitBytes = integerOf(query, "limitBytes");
  const sinceSeconds = integerOf(query, "sinceSeconds");
  const sinceTimeMs = timeOf(query, "sinceTime");
  const errors: FieldError[] = [];
  if (tailLines !== undefined && tailLines < 0) errors.push(invalidField("tailLines", tailLines, "must be greater than or equal to 0"));
  if (limitBytes !== undefined && limitBytes < 1) errors.push(invalidField("limitBytes", limitBytes, "must be greater than 0"));
  if (sinceSeconds !== undefined && sinceTimeMs !== undefined)
    errors.push(forbidden("", "at most one of `sinceTime` or `sinceSeconds` may be specified"));
  else if (sinceSeconds !== undefined && sinceSeconds < 1)
    errors.push(invalidField("sinceSeconds", sinceSeconds, "must be greater than 0"));
  if (errors.length > 0) throw invalid({ group: "", kind: "PodLogOptions" }, name, errors);
  return {
    follow: truthOf(query, "follow"),
    previous: truthOf(query, "previous"),
    timestamps: truthOf(query, "timestamps"),
    sinceMs: sinceSeconds === undefined ? sinceTimeMs : nowMs - sinceSeconds * 1000,
    tailLines,
    limitBytes,
  };
}

/** Source: apimachinery pkg/runtime/converter.go and conversion of url.Values: Go's strconv. */
function integerOf(query: Query, name: string): number | undefined {
  const text = query[name];
  if (text === undefined || text === "") return undefined;
  if (!/^[+-]?\d{1,15}$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}

/** Anything but `false` and `0` is true. Source: apimachinery pkg/runtime/conversion.go, Convert_Slice_string_To_bool. */
function truthOf(query: Query, name: string): boolean {
  const text = query[name]?.toLowerCase();
  return text !== undefined && text !== "false" && text !== "0";
}

function timeOf(query: Query, name: string): number | undefined {
  const text = query[name];
  if (text === undefined || text === "") return undefined;
  const ms = parseTime(text);
  if (ms === undefined) throw badRequest(`parsing time ${JSON.stringify(text)} as "2006-01-02T15:04:05Z07:00": cannot parse`);
  return ms;
}
