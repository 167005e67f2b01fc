/**
 * An expected failure: the action, a colon, what is, what should be. Callers switch on `code`; the
 * command line prints the message as one line and exits with `exitCode`.
 */
export class LasthopError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly exitCode = 1,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = "LasthopError";
  }
}
