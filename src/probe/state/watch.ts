/** Tells when the state of network namespaces changes. */
import type { HeardPart } from "../../event/state_heard.ts";
import { Gaps } from "./bounds.ts";
import { askableHere } from "./modules.ts";
import { type Monitor, startMonitor } from "./monitor.ts";
import { changeDetector } from "./monitor_lines.ts";
import { inodeOf, type NetnsHandle, scanNetns } from "./netns.ts";

/** A watch over several namespaces. */
export interface Watch {
  /** Settles when every change from now on will be told; what can't be watched is in `gaps`. */
  ready: Promise<void>;
  gaps: Gaps["rows"];
  /** Resolves when all of the namespaces are gone: there is nothing left to stop. */
  over: Promise<void>;
  stop(): Promise<void>;
}

/** What a gap of a watch is called. */
export const watchGap = ({ name, inode }: { name?: string | undefined; inode: number }) =>
  `watch ${name ?? inode}`;

/** How soon and how often changes are told. */
export interface WatchOptions {
  /** Silence that ends a burst of changes; 150 where absent. */
  quietMs?: number;
  /**
   * Least time between two calls for one namespace, because rereading costs the node 50 ms of
   * processor time; 1,000 where absent.
   */
  intervalMs?: number;
  /** How often it looks whether a namespace is gone; 2,000 where absent. */
  heldCheckMs?: number;
  /** What of a namespace (its inode) changed, as soon as the kernel tells of it. */
  onHeard?(netns: number, part: HeardPart): void;
  /** Bytes of memory of each monitor; `MONITOR_BYTES_MAX` where absent. */
  monitorBytes?: number;
}

/** Namespaces watched at most, with two small processes each. */
const WATCHED_MAX = 200;

const IP = ["ip", "-o", "monitor", "label", "link", "address", "route", "rule", "neigh", "netconf"];
const NFT = ["nft", "monitor"];

/**
 * Calls back when links, addresses, routes, rules, neighbours (appearing, failing or going),
 * forwarding entries of tunnels, `netconf` settings or nft rules change. It does not hear of what
 * bridges learn, of traffic control and of other settings.
 *
 * A monitor keeps its namespace alive, so it ends soon after nothing else holds it.
 */
export function watchState(
  netns: NetnsHandle[],
  onChange: (netns: NetnsHandle) => void,
  options: WatchOptions = {},
): Watch {
  const gaps = new Gaps();
  const watched = netns.slice(0, WATCHED_MAX);
  if (watched.length < netns.length) {
    gaps.add("watch", `cut: ${WATCHED_MAX} of ${netns.length} namespaces watched`);
  }
  const ones = new Map<NetnsHandle, NetnsWatch>();
  const ending: Promise<void>[] = [];
  let stopped = false;
  const over = Promise.withResolvers<void>();
  const ready = askableHere().then(async (askable) => {
    if (stopped) return;
    const commands = askable.includes("netfilter") ? [IP, NFT] : [IP];
    for (const handle of watched) {
      // Anything may change from now on, and the next state says that nobody is told of it.
      const onEnd = (why: string) => {
        gaps.add(watchGap(handle), why);
        onChange(handle);
      };
      ones.set(handle, watchOne(handle, commands, () => onChange(handle), onEnd, options));
    }
    await Promise.all([...ones.values()].map((one) => one.ready));
  });
  const letGo = () => {
    const gone = [...ones].filter(([handle]) => inodeOf(handle.path) !== handle.inode);
    if (gone.length === 0) return;
    const held = new Set(scanNetns().map((handle) => handle.inode));
    for (const [handle, one] of gone.filter(([handle]) => !held.has(handle.inode))) {
      ones.delete(handle);
      ending.push(one.stop());
      onChange(handle);
    }
    if (ones.size > 0) return;
    clearInterval(timer);
    Promise.all(ending).then(() => over.resolve());
  };
  const timer = setInterval(letGo, options.heldCheckMs ?? 2_000);
  return {
    ready,
    gaps: gaps.rows,
    over: over.promise,
    async stop() {
      stopped = true;
      clearInterval(timer);
      await Promise.all([...ones.values()].map((one) => one.stop()));
      await Promise.all([ready, ...ending]);
    },
  };
}

interface NetnsWatch {
  ready: Promise<unknown>;
  stop(): Promise<void>;
}

function watchOne(
  netns: NetnsHandle,
  commands: readonly (readonly string[])[],
  onChange: () => void,
  onEnd: (why: string) => void,
  options: WatchOptions,
): NetnsWatch {
  const whatChanged = changeDetector();
  const bursts = debounce(onChange, options.quietMs ?? 150, options.intervalMs ?? 1_000);
  const monitors: Monitor[] = commands.map((command) => {
    const changed = command === IP ? whatChanged : whatOfRules;
    const onLine = (line: string) => {
      const part = changed(line);
      if (part === null) return;
      if (part !== "anything") options.onHeard?.(netns.inode, part);
      bursts.call();
    };
    const hooks = { onLine, onComplaint: bursts.call, onEnd };
    return startMonitor(netns.path, command, hooks, options.monitorBytes);
  });
  return {
    ready: Promise.all(monitors.map((monitor) => monitor.ready)),
    async stop() {
      await Promise.all(monitors.map((monitor) => monitor.stop()));
      bursts.stop();
    },
  };
}

/** Whatever `nft monitor` prints is about rules, also a line that only says who made the change. */
const whatOfRules = (line: string): HeardPart | null => line.trim() === "" ? null : "netfilter";

/** How time passes; tests have their own. */
export interface Clock {
  /** Milliseconds, from any beginning. */
  now(): number;
  /** Calls later; what it returns calls that off. */
  later(callee: () => void, ms: number): () => void;
}

const realClock: Clock = {
  now: () => performance.now(),
  later(callee, ms) {
    const timer = setTimeout(callee, ms);
    return () => clearTimeout(timer);
  },
};

/**
 * Calls once for each burst of calls: after `quietMs` without one, and not within `intervalMs` of
 * the last time.
 */
export function debounce(
  callee: () => void,
  quietMs: number,
  intervalMs: number,
  clock: Clock = realClock,
): { call(): void; stop(): void } {
  let callOff: (() => void) | undefined;
  let began = 0;
  let last = -Infinity;
  return {
    call() {
      const now = clock.now();
      if (callOff === undefined) began = now;
      // Changes that never pause must not put the call off for ever.
      else if (now - began > intervalMs) return;
      callOff?.();
      callOff = clock.later(() => {
        callOff = undefined;
        last = clock.now();
        callee();
      }, Math.max(quietMs, last + intervalMs - now));
    },
    stop: () => callOff?.(),
  };
}
