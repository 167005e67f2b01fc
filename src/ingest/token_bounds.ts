/** How long tokens and codes are good, and how many nodes a code admits. The command line has them, too. */

/** A year. */
export const TOKEN_SECONDS_MAX = 366 * 24 * 3600;

/** A code stands in process lists and in the histories of shells, so it is short-lived. */
export const CODE_SECONDS_MAX = 24 * 3600;

/** Where nobody says how long. */
export const CODE_SECONDS = 15 * 60;

/** Nodes that one code admits, where nobody says how many. */
export const CODE_NODES = 32;

/** Nodes that one code admits at most. */
export const CODE_NODES_MAX = 500;
