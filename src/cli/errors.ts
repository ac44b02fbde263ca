/** The command cannot do what it was asked; the message is for the user and says what to do next. */
export class CliError extends Error {
  readonly exitCode: number;

  /** @param exitCode 1 for a failure, 2 for a command that was written wrong, 3 for what was not found: az's own. */
  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}
