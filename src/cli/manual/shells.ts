/** The shells that a completion can be had for. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

/** A shell that a completion can be had for. */
export type Shell = typeof SHELLS[number];
