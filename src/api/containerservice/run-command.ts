import { type DecodeFailure, Decoder } from "./decode.ts";
import { type Field, string } from "./field.ts";

/** What is asked to be run. */
export interface RunCommandRequest {
  readonly command?: string;
  /** A zip of the files that the command reads, in base64. */
  readonly context?: string;
}

/** Source: swagger 2021-03-01, RunCommandRequest. */
const fields: readonly Field[] = [
  { name: "command", type: string, since: "2021-02-01" },
  { name: "context", type: string, since: "2021-02-01" },
];

/** Reads the body of `runCommand`. The token of a directory's user is not looked at: a caller is the cluster's administrator. */
export function decodeRunCommand(body: unknown, apiVersion: string): RunCommandRequest & { readonly errors: readonly DecodeFailure[] } {
  const decoder = new Decoder(apiVersion);
  const decoded = decoder.object(decoder.root(body, "RunCommandRequest"), fields, { goType: "RunCommandRequest", path: [] });
  return { ...decoded, errors: decoder.failures };
}
