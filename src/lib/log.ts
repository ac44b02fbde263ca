import type { Logger as PinoLogger } from "pino";

/** Values of a log line beside its message. */
export type LogFields = Readonly<Record<string, unknown>>;

/** A structured log. Lines carry the id of the object they speak of. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  /** For defects and lost work; `fields.error` is printed with its causes. */
  error(message: string, fields?: LogFields): void;
  /** A logger that adds `fields` to every line. */
  with(fields: LogFields): Logger;
}

/** Lines of this weight and heavier are written. */
export type LogLevel = "debug" | "info" | "warn" | "error" | "silent";

export interface LoggerOptions {
  readonly level: LogLevel;
  /** Takes each line with its line break; standard error when absent, which a supervisor collects. */
  readonly destination?: { write(line: string): void };
}

const ignore = (): void => undefined;

/** Says nothing. */
export const silentLogger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore, with: () => silentLogger };

const STANDARD_ERROR = 2;

/**
 * A logger that writes one JSON object a line, with its level by name and its time in ISO 8601.
 * It is asynchronous because the library behind it is loaded only when there is something to write.
 */
export async function createLogger({ level, destination }: LoggerOptions): Promise<Logger> {
  if (level === "silent") return silentLogger;
  const { destination: openDestination, pino, stdSerializers, stdTimeFunctions } = await import("pino");
  const options = {
    level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { error: stdSerializers.errWithCause },
  };
  return over(pino(options, destination ?? openDestination({ fd: STANDARD_ERROR, sync: true })));
}

function over(log: PinoLogger): Logger {
  return {
    debug: (message, fields) => log.debug(fields ?? {}, message),
    info: (message, fields) => log.info(fields ?? {}, message),
    warn: (message, fields) => log.warn(fields ?? {}, message),
    error: (message, fields) => log.error(fields ?? {}, message),
    with: (fields) => over(log.child(fields)),
  };
}
