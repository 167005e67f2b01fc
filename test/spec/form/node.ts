/** A node of a spec while it is read: what its batches will say besides the events. */
import type { BatchHeader } from "../../../src/event/batch.ts";
import { endedState } from "../../../src/event/ended_state.ts";
import { emptyState, type NetnsState } from "../../../src/event/state.ts";
import { group, integer, nanoseconds, SpecError, unquoted } from "./words.ts";

export interface SpecNode {
  name: string;
  netns: { inode: number; name?: string; own?: boolean }[];
  /** Snapshots in the order of the spec. */
  states: NetnsState[];
  attachedNs: bigint;
  untilNs: bigint;
  scripts: BatchHeader["scripts"];
  totals: BatchHeader["totals"];
  kernel: string;
  /** Its probe ended without a last word. */
  boot: string;
  /** Stretches after it began to watch in which runs of scripts were left out. */
  missed: {
    fromNs: bigint;
    toNs: bigint;
    count: number;
    scripts?: Record<string, number>;
  }[];
  /** Stretches after it began to watch in which events were lost. */
  losses: { fromNs: bigint; toNs: bigint; count: number }[];
  /** Stretches after it began to watch in which only packets of some ranks were told. */
  sampled: { fromNs: bigint; toNs: bigint; rank: number; dropRank: number }[];
  /** How many of its events the store threw away, none later than so long after it began to watch. */
  gone: { lines: number; untilNs: bigint | null; withDrops: boolean } | null;
  isCut: boolean;
  /** What its probe was told to capture, and whether it follows answers to who asked that. */
  capture: string;
  followsAnswers: boolean;
  translationsUntold: boolean;
  asksThirdHeaders: boolean;
  recorder?: { overwritten: number; spared?: number };
}

/** Every script of `bpf/`: all are attached unless a spec says otherwise. */
const SCRIPTS = [
  ...["device_rx", "device_tx", "drop", "consume", "deliver", "route", "route6"],
  ...["neighbour", "icmp_error", "reset"],
];

const ATTACHED_NS = 1_000_000_000_000n;
/** Long enough that nothing is too young to judge. */
const UNTIL_NS = 10_000_000_000n;

/** As in the lab, nodes are parts of one kernel; `boot own` is for one with a kernel of its own. */
export function newNode(name: string): SpecNode {
  const attachedNs = ATTACHED_NS;
  return {
    name,
    netns: [],
    states: [],
    attachedNs,
    untilNs: attachedNs + UNTIL_NS,
    scripts: SCRIPTS.map((script) => ({ name: script, state: "attached" })),
    totals: { events: 0, lost: 0, refused: 0, evicted: 0 },
    kernel: "6.18",
    boot: "one",
    missed: [],
    losses: [],
    sampled: [],
    gone: null,
    isCut: false,
    capture: "",
    followsAnswers: false,
    translationsUntold: false,
    asksThirdHeaders: false,
  };
}

/** Directives about the node itself; false when it is one about a namespace's state. */
export function readNodeDirective(node: SpecNode, words: string[]): boolean {
  const [name, first = "", second = "", ...rest] = words;
  switch (name) {
    case "lost": {
      // `lost 3`: nobody knows when; `lost 3 1ms 2ms`: so many more, from when to when.
      if (second === "") node.totals.lost = integer(first, name);
      else {
        const [fromNs, toNs] = [second, rest[0] ?? ""].map(nanoseconds);
        node.losses.push({ fromNs: fromNs!, toNs: toNs!, count: integer(first, name) });
        node.totals.lost += integer(first, name);
      }
      return true;
    }
    case "refused":
    case "evicted":
      node.totals[name] = integer(first, name);
      return true;
    case "gone": {
      // `gone 3`: the store threw them away, nobody knows of when; `gone 3 2s drops`: none was later.
      const untilNs = second === "" ? null : nanoseconds(second);
      node.gone = { lines: integer(first, name), untilNs, withDrops: rest[0] === "drops" };
      return true;
    }
    case "missed": {
      // `missed 3 1ms 2ms drop=2`: so many runs of scripts, from when to when; of which, where it is said.
      const [fromNs, toNs] = [second, rest[0] ?? ""].map(nanoseconds);
      const scripts = rest.slice(1).map((word) => word.split("="))
        .map(([script = "", runs = ""]) => [script, integer(runs, script)]);
      node.missed.push({
        ...{ fromNs: fromNs!, toNs: toNs!, count: integer(first, name) },
        ...(scripts.length > 0 ? { scripts: Object.fromEntries(scripts) } : {}),
      });
      return true;
    }
    case "sampled": {
      // `sampled 3 0 1ms 2ms`: ranks of passing packets and of drops, from when to when.
      const [fromNs, toNs] = [rest[0] ?? "", rest[1] ?? ""].map(nanoseconds);
      const [rank, dropRank] = [integer(first, name), integer(second, name)];
      node.sampled.push({ fromNs: fromNs!, toNs: toNs!, rank, dropRank });
      return true;
    }
    case "script": {
      const script = node.scripts.find((known) => known.name === first);
      if (!script || second !== "unavailable") {
        throw new SpecError(`"${first} ${second}" must be a script of bpf/ and "unavailable"`);
      }
      script.state = "unavailable";
      if (rest.length > 0) script.why = rest.map(unquoted).join(" ");
      return true;
    }
    case "attached":
      node.untilNs += nanoseconds(first) - node.attachedNs;
      node.attachedNs = nanoseconds(first);
      return true;
    case "until":
      node.untilNs = node.attachedNs + nanoseconds(first);
      return true;
    case "cut":
      node.isCut = true;
      return true;
    case "boot":
      // Each kernel's clock began at another time.
      node.boot = node.name;
      node.attachedNs += BigInt(node.name.charCodeAt(0)) * ATTACHED_NS;
      node.untilNs += BigInt(node.name.charCodeAt(0)) * ATTACHED_NS;
      return true;
    case "capture":
      node.capture = words.slice(1).join(" ");
      return true;
    case "follows":
      node.followsAnswers = true;
      return true;
    case "asks-third-headers":
      node.asksThirdHeaders = true;
      return true;
    case "translations-untold":
      node.translationsUntold = true;
      return true;
    case "recorder":
      // `recorder 0 2`: so many hops of ways were overwritten, and so many packets that died had none kept
      // because their flow was busy. `sampled` says what was told.
      node.recorder = { overwritten: integer(first, name) };
      if (second !== "") node.recorder.spared = integer(second, name);
      return true;
    case "kernel":
      node.kernel = first;
      return true;
    case "netns":
      beginNetns(node, words.slice(1));
      return true;
    default:
      return false;
  }
}

/**
 * `netns 1 pod`, `netns 1 own` (the node's own, without a name); `netns 1 at 2s` is a later reading: as before,
 * but for what follows; `netns 1 ended 2s`: it had ended by then.
 */
function beginNetns(node: SpecNode, words: string[]): void {
  const inode = integer(words[0], "the netns");
  const at = words.indexOf("at");
  const named = words[1] !== undefined && !["at", "unread", "own", "ended"].includes(words[1]);
  const before = node.states.findLast((state) => state.netns === inode);
  if (!before) {
    const own = words[1] === "own" ? { own: true } : {};
    node.netns.push({ inode, ...(named ? { name: words[1]! } : {}), ...own });
  }
  if (words.includes("unread")) return;
  const ended = words.indexOf("ended");
  if (before && ended >= 0) {
    const when = String(node.attachedNs + nanoseconds(words[ended + 1] ?? ""));
    node.states.push(endedState(before, when));
    return;
  }
  const timeNs = String(node.attachedNs + (at < 0 ? 0n : nanoseconds(words[at + 1] ?? "")));
  node.states.push(
    before && !before.ended
      ? { ...structuredClone(before), timeNs }
      : emptyState(inode, timeNs, named ? { name: words[1]! } : {}),
  );
}

/** `key{…}` with JSON inside, for what has no words of its own. */
export function jsonOf(word: string): Record<string, unknown> | null {
  const braces = group(word);
  if (!braces && !word.startsWith("{")) return null;
  return JSON.parse(word.slice(word.indexOf("{")));
}
