/** What a node watched: silence proves nothing where something was not watched. Rule O5. */
import type { Gap } from "../../event/gaps.ts";
import { isOverlapping } from "./runs.ts";
import type { NodeView, Sighting } from "./timeline.ts";

/** Why the silence of these scripts on a node is no proof, or null when it is one. */
export function gapOf(node: NodeView, scripts: readonly string[]): Gap | null {
  const { name, runs, probeRuns, missing, unaccounted, evicted, lost, refused } = node;
  for (const wanted of scripts) {
    const script = node.header.scripts.find((known) => known.name === wanted);
    if (script?.state === "attached") continue;
    const why = script?.why ? ` (${script.why})` : "";
    return {
      code: "script-not-attached",
      text: `on ${name} script ${wanted} was not attached${why}`,
    };
  }
  if (runs > 1 && isOverlapping(probeRuns)) {
    const text = `${runs} probes are named ${name}, and some watched at the same time`;
    return { code: "probe-restarted", text };
  }
  if (runs > 1) {
    return { code: "probe-restarted", text: `the probe of ${name} was started ${runs} times` };
  }
  if (missing > 0) {
    return { code: "batches-missing", text: `${missing} batches of ${name} have not come` };
  }
  if (evicted > 0) {
    return {
      code: "events-evicted",
      text: `the store threw away ${evicted} events at its limits`,
    };
  }
  if (unaccounted > 0) {
    return {
      code: "lines-missing",
      text: `${unaccounted} of the events that ${name} sent have not come`,
    };
  }
  if (lost > 0) return { code: "events-lost", text: `${name} lost ${lost} events` };
  if (refused > 0) {
    return { code: "lines-refused", text: `${refused} lines of ${name} could not be read` };
  }
  return null;
}

/**
 * Up to when, as `at`, the silence of a node says something: what its next batch has to tell, of
 * events that come late and of what was lost, may be of the time that the last one ends with.
 */
export const silentUntil = ({ untilAt, toldAt }: NodeView): number => Math.min(untilAt, toldAt);

/**
 * Why a packet may have passed one of the nodes unseen within `ns` after a sighting, or null: the kernel
 * left out runs of their scripts then. Of a node with another kernel, whose clock is never compared, any
 * such stretch counts.
 */
export function leftOutAfter(
  { node: clock, at }: Pick<Sighting, "node" | "at">,
  nodes: readonly NodeView[],
  ns: number,
): Gap | null {
  for (const node of nodes) {
    const { boot } = node.header;
    const isSameClock = node === clock || (boot !== undefined && boot === clock.header.boot);
    const from = at + (isSameClock ? Number(clock.baseNs - node.baseNs) : 0);
    const missed = node.missed.find((one) =>
      !isSameClock || (one.from <= from + ns && one.to >= from)
    );
    if (!missed) continue;
    const when = isSameClock ? "at that time" : "while it was watched";
    const text = `on ${node.name} the kernel left out ${missed.count} runs of the scripts ${when}`;
    return { code: "runs-left-out", text };
  }
  return null;
}

/** Scripts whose silence means "did not pass a device". */
export const DEVICE_SCRIPTS = ["device_rx", "device_tx"] as const;
/** Scripts whose silence means "was not dropped". */
export const DROP_SCRIPTS = ["drop"] as const;

/**
 * Why a node whose place is not known may have had the packet, and lost what it saw of it: events of
 * it are missing, and so is the state of some of its namespaces, which would tell what is behind it.
 */
export function halfKnown(nodes: readonly NodeView[]): Gap | null {
  for (const node of nodes) {
    if (unreadState([node]) === null) continue;
    const gap = gapOf(node, [...DEVICE_SCRIPTS, ...DROP_SCRIPTS]);
    if (gap === null) continue;
    return { code: gap.code, text: `it may have come to ${node.name}: ${gap.text}` };
  }
  return null;
}

/** Why a device or address that no known node has may be some node's all the same, or null. */
export function unreadState(nodes: readonly NodeView[]): Gap | null {
  const known = unread.get(nodes);
  if (known !== undefined) return known;
  const node = nodes.find(({ header, states }) =>
    header.netns.some(({ inode }) => !states.has(inode))
  );
  const gap: Gap | null = node
    ? { code: "state-unread", text: `the state of some namespaces of ${node.name} is not known` }
    : null;
  unread.set(nodes, gap);
  return gap;
}

/**
 * Answers kept by list of nodes: the question comes with every packet that left, the answer is one.
 */
const unread = new WeakMap<readonly NodeView[], Gap | null>();
