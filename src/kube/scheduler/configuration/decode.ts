import { LineCounter, parseDocument } from "yaml";
import {
  type ArgumentDocuments,
  argumentShapes,
  type ConfigurationDocument,
  configurationShape,
  type PluginConfigInDocument,
  takesArguments,
} from "./document.ts";
import { type ObjectShape, type Shaped, ShapeError, shaped } from "./shape.ts";

/** A configuration that kube-scheduler would not start with; the message is its own. */
export class ConfigurationError extends Error {}

/** What is said of each plugin, by profile and by name. */
export type DecodedArguments = Readonly<Partial<ArgumentDocuments>>;

export interface DecodedConfiguration {
  readonly document: ConfigurationDocument;
  /** By place of the profile. */
  readonly arguments: readonly DecodedArguments[];
}

const GROUP = "kubescheduler.config.k8s.io";
const VERSION = `${GROUP}/v1`;
const KIND = "KubeSchedulerConfiguration";
const SCHEME = 'in scheme "pkg/scheduler/apis/config/scheme/scheme.go:30"';
/** Longest text that is read; a ConfigMap holds no more. */
const MAX_LENGTH = 1024 * 1024;

/**
 * Reads the text of a KubeSchedulerConfiguration, YAML or JSON, and refuses what has no place in it.
 *
 * Differs from AKS: of the versions of the group only v1 is read, which there is since Kubernetes 1.25.
 * Unverified: what is said of a text that is no YAML, beyond its first words.
 *
 * @throws {ConfigurationError} in the words of kube-scheduler.
 * Source: cmd/kube-scheduler/app/options/configfile.go, loadConfig; kube-scheduler config/v1/types.go, DecodeNestedObjects.
 */
export function decodeConfiguration(text: string): DecodedConfiguration {
  const value = parseText(text);
  checkType(value, text);
  const read = shapedOr(value, configurationShape, (message) => new ConfigurationError(message));
  const strict: string[] = [...read.unknown];
  const document = read.value as ConfigurationDocument;
  const decoded = (document.profiles ?? []).map(({ pluginConfig }, profile): DecodedArguments => {
    const byPlugin: Record<string, unknown> = {};
    for (const [index, config] of (pluginConfig ?? []).entries()) {
      const { name = "" } = config;
      const where = `decoding .profiles[${profile}].pluginConfig[${index}]`;
      const { args, unknown } = decodeArguments(config, where);
      if (unknown.length > 0) strict.push(`${where}: strict decoding error: decoding args for plugin ${name}: ${strictText(unknown)}`);
      if (args !== undefined) byPlugin[name] ??= args;
    }
    return byPlugin;
  });
  if (strict.length > 0) throw new ConfigurationError(strictText(strict));
  return { document, arguments: decoded };
}

function strictText(unknown: readonly string[]): string {
  return `strict decoding error: ${unknown.join(", ")}`;
}

function parseText(text: string): unknown {
  if (text.length > MAX_LENGTH) throw new ConfigurationError("the configuration is longer than 1 MiB");
  const lineCounter = new LineCounter();
  const parsed = parseDocument(text, { lineCounter, version: "1.1", merge: true });
  const [problem] = parsed.errors;
  if (problem !== undefined) {
    const line = problem.linePos?.[0].line ?? 1;
    if (problem.code === "DUPLICATE_KEY")
      throw new ConfigurationError(strictText([`yaml: unmarshal errors:\n  line ${line}: ${problem.code}`]));
    throw new ConfigurationError(`error converting YAML to JSON: yaml: line ${line}: ${problem.message.split("\n")[0]}`);
  }
  try {
    return parsed.toJS({ maxAliasCount: 100 }) as unknown;
  } catch (error) {
    if (error instanceof ReferenceError) throw new ConfigurationError(`error converting YAML to JSON: yaml: ${error.message}`);
    throw error;
  }
}

/** Source: apimachinery pkg/runtime/error.go. */
function checkType(value: unknown, text: string): void {
  const { kind, apiVersion } = typeof value === "object" && value !== null ? (value as { kind?: unknown; apiVersion?: unknown }) : {};
  if (typeof kind !== "string" || kind === "") throw new ConfigurationError(`Object 'Kind' is missing in '${text}'`);
  if (typeof apiVersion !== "string" || apiVersion === "") throw new ConfigurationError(`Object 'apiVersion' is missing in '${text}'`);
  if (apiVersion === VERSION && kind === KIND) return;
  if (apiVersion === VERSION && takesArguments(kind.replace(/Args$/, "")))
    throw new ConfigurationError(`couldn't decode as ${KIND}, got ${GROUP}/v1, Kind=${kind}: `);
  throw unknownKind(kind, apiVersion);
}

/** Source: apimachinery pkg/runtime/error.go, NewNotRegisteredErrForKind. */
export function unknownKind(kind = KIND, apiVersion = VERSION): ConfigurationError {
  return new ConfigurationError(`no kind "${kind}" is registered for version "${apiVersion}" ${SCHEME}`);
}

function shapedOr(value: unknown, shape: ObjectShape, failed: (message: string) => ConfigurationError): Shaped {
  try {
    return shaped(value, shape);
  } catch (error) {
    if (error instanceof ShapeError) throw failed(error.message);
    throw error;
  }
}

/** Arguments of plugins that nobody knows are left as they are. */
function decodeArguments({ name = "", args }: PluginConfigInDocument, where: string): { args?: unknown; unknown: readonly string[] } {
  if (args === null || args === undefined || !takesArguments(name)) return { unknown: [] };
  const kind = `${name}Args`;
  const given = args as { readonly kind?: unknown; readonly apiVersion?: unknown };
  const failed = (message: string): ConfigurationError => new ConfigurationError(`${where}: ${message}`);
  const givenKind = typeof given.kind === "string" ? given.kind : kind;
  const apiVersion = typeof given.apiVersion === "string" ? given.apiVersion : VERSION;
  if (apiVersion !== VERSION || !takesArguments(givenKind.replace(/Args$/, "")))
    throw failed(`decoding args for plugin ${name}: ${unknownKind(givenKind, apiVersion).message}`);
  if (givenKind !== kind) throw failed(`args for plugin ${name} were not of type ${kind}.${GROUP}, got ${givenKind}.${GROUP}`);
  const { value, unknown } = shapedOr(args, argumentShapes[name], (message) => failed(`decoding args for plugin ${name}: ${message}`));
  return { args: value, unknown };
}
