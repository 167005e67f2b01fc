/** Reading the state of network namespaces, a few at a time. */
import type { NetnsState } from "../../event/state.ts";
import { OpenvSwitch } from "../../event/state_openvswitch.ts";
import { wrong } from "../../event/wrong.ts";
import { tablesIn } from "../netlink/questions.ts";
import { readOpenvswitch } from "../openvswitch/read.ts";
import { assemble, unreadState } from "./assemble.ts";
import { clip, Gaps } from "./bounds.ts";
import { KEEPABLE, type Kept } from "./kept.ts";
import { type ConnectionQuery, EVERY_CONNECTION } from "./connections.ts";
import { type Askable, askableHere } from "./modules.ts";
import type { NetnsHandle } from "./netns.ts";
import { NetnsIdCache } from "./netns_ids.ts";
import { fillPeers, type Reading } from "./peers.ts";
import { readSections } from "./run.ts";
import type { Sections } from "./sections.ts";
import { processorMs } from "./tool_times.ts";

/** 33,000 rules take 5 s of a processor that does nothing else. */
const TIMEOUT_MS = 20_000;
/** Bytes of memory of each tool, where nothing else is said. */
const MEMORY_BYTES = 256 * 1024 * 1024;
/** Namespaces read at once: more would take the node's processors away from the traffic. */
const PARALLEL_MAX = 3;

/** How states are read. */
export interface ReadOptions {
  /** What need not be read again, by the inode of a namespace; nothing where absent. */
  kept?: (netns: number) => Kept | undefined;
  /** How long the reading of one namespace may take; 20,000 where absent. */
  timeoutMs?: number;
  /** Which connections of conntrack are told; all where absent. */
  connections?: ConnectionQuery;
  /** Bytes of memory that each tool may have for itself; 256 MiB where absent. */
  memoryBytes?: number;
}

/** A state, and what reading it took. */
export interface CostedState {
  state: NetnsState;
  /** Milliseconds of processor time; of time that passed where the tools did not come to an end. */
  costMs: number;
}

/** The same, with what of it may be kept for the next reading. */
export interface CostedReading extends CostedState {
  keepable: Kept;
}

/**
 * The state of one namespace. One that cannot be read is a state with a gap, never an exception.
 */
export async function readState(
  netns: NetnsHandle,
  options: ReadOptions = {},
): Promise<NetnsState> {
  return (await readCosted(netns, options)).state;
}

/** `readState` with what it took. */
export async function readCosted(
  netns: NetnsHandle,
  options: ReadOptions = {},
): Promise<CostedReading> {
  const { reading, costMs } = await readOne(netns, await askableHere(), options);
  const beganMs = performance.now();
  await findPeers([reading]);
  const { state, keepable } = reading;
  return { state, keepable, costMs: costMs + performance.now() - beganMs };
}

/** States of all of them. One that cannot be read is a state with gaps, never an exception. */
export async function readStates(
  netns: NetnsHandle[],
  options: ReadOptions = {},
): Promise<NetnsState[]> {
  return (await readMany(netns, options)).map(({ state }) => state);
}

/** `readStates` with what each took, and what may be kept of it. */
export async function readMany(
  netns: NetnsHandle[],
  options: ReadOptions = {},
): Promise<CostedReading[]> {
  const askable = await askableHere();
  const read: { reading: Reading; costMs: number }[] = new Array(netns.length);
  let next = 0;
  const worker = async () => {
    for (let i = next++; i < netns.length; i = next++) {
      const handle = netns[i];
      if (handle) read[i] = await readOne(handle, askable, options);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_MAX }, worker));
  await findPeers(read.map(({ reading }) => reading));
  return read.map(({ reading: { state, keepable }, costMs }) => ({ state, keepable, costMs }));
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
  options: ReadOptions,
): Promise<{ reading: Reading; costMs: number }> {
  const beganMs = performance.now();
  const { timeoutMs = TIMEOUT_MS, connections = EVERY_CONNECTION, memoryBytes = MEMORY_BYTES } =
    options;
  const { words } = connections;
  const kept = options.kept?.(netns.inode) ?? {};
  const without = KEEPABLE.filter((part) => kept[part] !== undefined);
  let toolsMs: number | undefined;
  let toldMs = beganMs;
  let sockets = "";
  const reading = await readSections(netns.path, askable, {
    ...{ timeoutMs, words, memoryBytes, without },
    tables: askable.includes("netfilter") ? tablesIn(netns.path, netns.inode) : null,
  })
    .then(({ sections, vainMs }) => {
      toldMs = performance.now();
      toolsMs = processorMs(sections.get("times")?.stdout ?? "");
      // Of tools that were ended nobody knows what they took: at most all of the time that passed.
      if (toolsMs !== undefined) toolsMs += vainMs;
      sockets = sections.get("openvswitch")?.stdout ?? "";
      return understood(netns, sections, connections, kept);
    })
    .catch((error) => unread(netns, error instanceof Error ? error.message : String(error)));
  await addOpenvswitch(reading.state, sockets, timeoutMs / 10);
  const nowMs = performance.now();
  // What the tools printed is understood in one go; while daemons are waited for, they work.
  return { reading, costMs: toolsMs === undefined ? nowMs - beganMs : toolsMs + nowMs - toldMs };
}

/** The daemons of Open vSwitch in the namespace are asked, at these sockets, a line each. */
async function addOpenvswitch(state: NetnsState, paths: string, withinMs: number): Promise<void> {
  if (paths.trim() === "") return;
  const down = new Set(
    state.links.filter(({ flags }) => !flags.includes("UP") || !flags.includes("LOWER_UP"))
      .map(({ name }) => name),
  );
  const macs = new Map(
    state.links.flatMap(({ name, mac }): [string, string][] =>
      mac === undefined ? [] : [[name, mac]]
    ),
  );
  const told = await readOpenvswitch({ netns: state.netns, paths, down, macs, withinMs });
  const parsed = OpenvSwitch.optional().safeParse(told.openvswitch);
  const gaps = new Gaps(state.gaps);
  for (const { what, why } of told.gaps) gaps.add(what, why);
  if (parsed.data !== undefined) state.openvswitch = parsed.data;
  if (parsed.error) gaps.add("openvswitch", wrong(parsed.error, told.openvswitch));
}

function understood(
  netns: NetnsHandle,
  sections: Sections,
  query: ConnectionQuery,
  kept: Kept,
): Reading {
  const inside = sections.get("netns")?.stdout.trim();
  if (inside === `net:[${netns.inode}]`) return assemble(netns, sections, query, kept);
  return unread(netns, `"${netns.path}" is ${inside}, must be net:[${netns.inode}]: it is gone`);
}

function unread(netns: NetnsHandle, why: string): Reading {
  const state = unreadState(netns, "0");
  state.gaps = [{ what: "state", why: clip(why, 500) }];
  return { state, netnsids: new Map(), keepable: {} };
}
