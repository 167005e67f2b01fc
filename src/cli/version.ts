/** Shown by --version, sent along by probes. */
export const VERSION = "0.1.0";
