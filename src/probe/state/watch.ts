/** Tells when the state of network namespaces changes, as the kernel tells it of itself. */
import type { HeardPart } from "../../event/state_heard.ts";
import { type Ear, type EarHooks, Ears } from "../netlink/ears.ts";
import { NETLINK, NetlinkSocket } from "../netlink/socket.ts";
import { Gaps } from "./bounds.ts";
import { type RulesChange, rulesChangeOf } from "./changed_rules.ts";
import { changeDetector, NFTABLES_GROUPS, ROUTE_GROUPS } from "./changes.ts";
import { type Clock, debounce, realClock } from "./debounce.ts";
import { askableHere } from "./modules.ts";
import { inodeOf, type NetnsHandle, scanNetns } from "./netns.ts";

/** What a watch tells of a namespace. */
export interface WatchHooks {
  /** Something of it changed a moment ago, and nothing has since. */
  onChange(netns: NetnsHandle): void;
  /** What of it (its inode) changed, as soon as the kernel tells of it. */
  onHeard?(netns: number, part: HeardPart): void;
  /**
   * What is known of it may be out of date in this part, also by what is no news; "all": changes were
   * lost, or are not told any more. `rules`: which of these, where that is known.
   */
  onStale?(netns: number, part: HeardPart | "all", rules?: RulesChange): void;
}

/** What a gap of a watch is called. */
export const watchGap = ({ name, inode }: { name?: string | undefined; inode: number }) =>
  `watch ${name ?? inode}`;

/** How soon and how often changes are told. */
export interface WatchOptions {
  /** Silence that ends a burst of changes; 150 where absent. */
  quietMs?: number;
  /**
   * Least time between two calls for one namespace, because rereading costs the node
   * processor time; 1,000 where absent.
   */
  intervalMs?: number;
  /** How often it looks whether a namespace is gone; 2,000 where absent. */
  heldCheckMs?: number;
  /** For tests: how time passes. */
  clock?: Clock;
}

/** Namespaces watched at most, with two sockets each. */
export const WATCHED_MAX = 4_000;

interface Watched {
  handle: NetnsHandle;
  /** Why changes of it are not all told. */
  gaps: string[];
  /** Changes were lost since the last reading. */
  isLossy: boolean;
  ears: Ear[];
  /** nf_tables was there, so that it may be asked, and is heard. */
  withRules: boolean;
  stop(): void;
}

/**
 * Hears of links, addresses, routes, rules, neighbours, entries of bridges and tunnels, traffic control,
 * `netconf` settings and nft's rules. It does not hear of other settings, of iptables' older kind and
 * of sets of ipset.
 *
 * A socket keeps its namespace alive, so it ends soon after nothing else holds it.
 */
export class Watch {
  readonly #watched = new Map<number, Watched>();
  #timer: ReturnType<typeof setInterval> | undefined;
  #ears: Ears | Error | undefined;
  #stopped = false;

  constructor(readonly hooks: WatchHooks, readonly options: WatchOptions = {}) {}

  /** Whether changes of a namespace are told, all of them up to now. */
  hears(netns: number): boolean {
    const own = this.#watched.get(netns);
    return own !== undefined && own.gaps.length === 0;
  }

  /** The same of nft's rules. False where asking for them would load them into the kernel. */
  hearsRules(netns: number): boolean {
    return this.hears(netns) && this.#watched.get(netns)!.withRules;
  }

  /** Tells what waits of a namespace: what was done before this call is told after it. */
  hearNow(netns: number): void {
    for (const ear of this.#watched.get(netns)?.ears ?? []) ear.hearNow();
  }

  /** Why changes of a namespace are not told, where they are not, or were not since this was asked last. */
  gapsOf({ inode, name }: { inode: number; name?: string | undefined }): Gaps["rows"] {
    const own = this.#watched.get(inode);
    const gaps = new Gaps();
    if (own === undefined && this.#watched.size >= WATCHED_MAX) {
      gaps.add(watchGap({ inode, name }), `cut: changes of ${WATCHED_MAX} namespaces are heard`);
    }
    for (const why of own?.gaps ?? []) gaps.add(watchGap({ inode, name }), why);
    if (own?.isLossy) {
      gaps.add(
        watchGap({ inode, name }),
        "the kernel had more changes to tell than there was room for: what changed is not all told",
      );
      own.isLossy = false;
    }
    return gaps.rows;
  }

  /** Resolves when every change of these from now on will be told, or is a gap. */
  async add(handles: readonly NetnsHandle[]): Promise<void> {
    const withRules = (await askableHere()).includes("netfilter");
    if (this.#stopped) return;
    this.#timer ??= setInterval(() => this.#letGo(), this.options.heldCheckMs ?? 2_000);
    for (const handle of handles) {
      if (this.#watched.has(handle.inode)) continue;
      if (this.#watched.size >= WATCHED_MAX) return;
      this.#watched.set(handle.inode, this.#open(handle, withRules));
    }
  }

  /** Hears nothing of a namespace any more. */
  forget(netns: number): void {
    this.#watched.get(netns)?.stop();
    this.#watched.delete(netns);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    for (const netns of [...this.#watched.keys()]) this.forget(netns);
    if (this.#ears instanceof Ears) await this.#ears.close();
  }

  #open(handle: NetnsHandle, withRules: boolean): Watched {
    const { inode } = handle;
    const { quietMs = 150, intervalMs = 1_000, clock = realClock } = this.options;
    const bursts = debounce(() => this.hooks.onChange(handle), quietMs, intervalMs, clock);
    const own: Watched = {
      ...{ handle, gaps: [], isLossy: false, ears: [], withRules },
      stop() {
        for (const ear of own.ears) ear.letGo();
        bursts.stop();
      },
    };
    const failed = (why: string) => {
      own.gaps.push(why);
      this.hooks.onStale?.(inode, "all");
      bursts.call();
    };
    const lost = () => {
      own.isLossy = true;
      this.hooks.onStale?.(inode, "all");
      bursts.call();
    };
    const heard = (part: HeardPart | null, isNews: boolean, rules?: RulesChange) => {
      if (part !== null) this.hooks.onStale?.(inode, part, rules);
      if (!isNews) return;
      if (part !== null) this.hooks.onHeard?.(inode, part);
      bursts.call();
    };
    const meaningOf = changeDetector();
    const hear = (
      what: string,
      [protocol, groups]: readonly [number, number],
      onMessage: EarHooks["onMessage"],
    ) => {
      try {
        const ears = this.#listening();
        const socket = NetlinkSocket.open(handle.path, inode, protocol, groups);
        const onEnd = (why: string) => failed(`hearing of ${what} ended: ${why}`);
        own.ears.push(ears.add(socket, { onMessage, onLost: lost, onEnd }));
      } catch (error) {
        failed(`cannot hear of ${what}: ${error instanceof Error ? error.message : error}`);
      }
    };
    hear("links, routes and neighbours", [NETLINK.route, ROUTE_GROUPS], (message) => {
      const meaning = meaningOf(message);
      if (meaning) heard(meaning.part, meaning.isNews);
    });
    // Whatever comes there is about rules.
    if (withRules) {
      hear("rules", [NETLINK.netfilter, NFTABLES_GROUPS], (message) => {
        heard("netfilter", true, rulesChangeOf(message));
      });
    }
    return own;
  }

  #listening(): Ears {
    if (this.#ears === undefined) {
      try {
        this.#ears = new Ears();
      } catch (error) {
        this.#ears = error instanceof Error ? error : new Error(String(error));
      }
    }
    if (this.#ears instanceof Error) throw this.#ears;
    return this.#ears;
  }

  #letGo(): void {
    const gone = [...this.#watched.values()].filter(({ handle }) =>
      inodeOf(handle.path) !== handle.inode
    );
    if (gone.length === 0) return;
    const held = new Set(scanNetns().map((handle) => handle.inode));
    for (const { handle } of gone.filter((one) => !held.has(one.handle.inode))) {
      this.forget(handle.inode);
      this.hooks.onChange(handle);
    }
  }
}
