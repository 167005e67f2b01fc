/** How often and how much of the nodes' state is read. */

/** Milliseconds between two looks at /proc for namespaces that came or went with pods. */
export const LOOK_MS = 2_000;

/** Namespaces read together: a trace that is ended meanwhile waits for them, and no longer. */
export const TOGETHER_MAX = 24;

/**
 * Milliseconds of processor time in which all namespaces are read as fast as can be when a trace
 * begins, some hundred of them; the rest is read within the share of readers, and what has packets
 * before it.
 */
export const AT_ONCE_MS = 5_000;

/**
 * On a node with more namespaces than this, those that packets were seen in are read again when they
 * change, and of others only that they did is kept in mind.
 */
export const FEW_NAMESPACES = 24;

/** Namespaces read again at the end at most: it must not take minutes. */
export const FINAL_MAX = 64;

/** Inodes at most that are remembered of namespaces that could not be found. */
export const UNKNOWN_MAX = 10_000;
