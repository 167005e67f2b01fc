/** What a node knows of its own network, one snapshot per network namespace. */
export type { NetnsHandle } from "./netns.ts";
export { findNetns, listNetns } from "./netns.ts";
export type { ConnectionQuery } from "./connections.ts";
export { condense } from "./condense.ts";
export { monotonicClock } from "./clock.ts";
export { HeardChanges } from "./heard.ts";
export { type CostedState, readCosted, type ReadOptions, readState, readStates } from "./read.ts";
export type { Watch, WatchOptions } from "./watch.ts";
export { watchGap, watchState } from "./watch.ts";
