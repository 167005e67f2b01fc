/** Commands that Ctrl-C in a terminal does not reach, because whoever began them still needs them then. */

/**
 * The command in a session of its own: a terminal signals whole groups of processes, and without its ssh
 * or kubectl a trace that was told to end could not ask for its verdict. It ends with the process that
 * begins it, however that ends.
 */
export const apart = (argv: readonly string[]): string[] => [
  ...["setsid", "setpriv", "--pdeathsig", "TERM"],
  ...argv,
];
