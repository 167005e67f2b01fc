/** What a node knows of its own network, one snapshot per network namespace. */
export type { NetnsHandle } from "./netns.ts";
export { findNetns, inodeOf, listNetns } from "./netns.ts";
export { inodeOfLink } from "./netns_inode.ts";
export type { ConnectionQuery } from "./connections.ts";
export { Condensed } from "./condensed.ts";
export { mayBeCounted } from "./counted.ts";
export { monotonicClock } from "./clock.ts";
export { HeardChanges } from "./heard.ts";
export {
  type CostedState,
  readCosted,
  readMany,
  type ReadOptions,
  readState,
  readStates,
} from "./read.ts";
export { type Beginning, KnownStates, namesOf } from "./kept.ts";
export { Watch, type WatchHooks, type WatchOptions } from "./watch.ts";
