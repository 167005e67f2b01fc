/** Reading the state of network namespaces, a few at a time. */
import type { NetnsState } from "../../event/state.ts";
import { assemble, unreadState } from "./assemble.ts";
import { clip } from "./bounds.ts";
import { type ConnectionQuery, EVERY_CONNECTION } from "./connections.ts";
import { type Askable, askableHere } from "./modules.ts";
import type { NetnsHandle } from "./netns.ts";
import { NetnsIdCache } from "./netns_ids.ts";
import { fillPeers, type Reading } from "./peers.ts";
import { readSections } from "./run.ts";

/** 33,000 rules take 5 s of a processor that does nothing else. */
const TIMEOUT_MS = 20_000;
/** Namespaces read at once: more would take the node's processors away from the traffic. */
const PARALLEL_MAX = 3;

/** How states are read. */
export interface ReadOptions {
  /** How long the reading of one namespace may take; 20,000 where absent. */
  timeoutMs?: number;
  /** Which connections of conntrack are told; all where absent. */
  connections?: ConnectionQuery;
}

/**
 * The state of one namespace. One that cannot be read is a state with a gap, never an exception.
 */
export async function readState(
  netns: NetnsHandle,
  options: ReadOptions = {},
): Promise<NetnsState> {
  const reading = await readOne(netns, await askableHere(), options);
  await findPeers([reading]);
  return reading.state;
}

/** All of them. One that cannot be read is a state with gaps, never an exception. */
export async function readStates(
  netns: NetnsHandle[],
  options: ReadOptions = {},
): Promise<NetnsState[]> {
  const askable = await askableHere();
  const readings: Reading[] = new Array(netns.length);
  let next = 0;
  const worker = async () => {
    for (let i = next++; i < netns.length; i = next++) {
      const handle = netns[i];
      if (handle) readings[i] = await readOne(handle, askable, options);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_MAX }, worker));
  await findPeers(readings);
  return readings.map((reading) => reading.state);
}

const ids = new NetnsIdCache();

async function findPeers(readings: readonly Reading[]): Promise<void> {
  const away = readings.filter((reading) => reading.netnsids.size > 0);
  const wanted = new Map(away.map((one) => [one.state.netns, new Set(one.netnsids.values())]));
  try {
    fillPeers(readings, await ids.of(wanted));
  } catch (error) {
    const why = clip(error instanceof Error ? error.message : String(error), 500);
    for (const { state } of away) state.gaps.push({ what: "peers", why });
  }
}

async function readOne(
  netns: NetnsHandle,
  askable: readonly Askable[],
  { timeoutMs = TIMEOUT_MS, connections = EVERY_CONNECTION }: ReadOptions,
): Promise<Reading> {
  try {
    const { words } = connections;
    const sections = await readSections(netns.path, askable, { timeoutMs, words });
    const inside = sections.get("netns")?.stdout.trim();
    if (inside === `net:[${netns.inode}]`) {
      return assemble(netns, sections, connections);
    }
    return unread(netns, `"${netns.path}" is ${inside}, must be net:[${netns.inode}]: it is gone`);
  } catch (error) {
    return unread(netns, error instanceof Error ? error.message : String(error));
  }
}

function unread(netns: NetnsHandle, why: string): Reading {
  const state = unreadState(netns, "0");
  state.gaps = [{ what: "state", why: clip(why, 500) }];
  return { state, netnsids: new Map() };
}
