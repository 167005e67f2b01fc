/**
 * The numbers (nsid) that a namespace has for others. A link names by such a number the namespace
 * that its other end is in.
 */
import { netnsNumbers } from "../netlink/questions.ts";
import { listNetns, type NetnsHandle, recentNetns } from "./netns.ts";

/** Inode of a namespace → its number for another namespace → the inode of that one. */
export type NetnsIds = ReadonlyMap<number, ReadonlyMap<number, number>>;

/** What a namespace answered. */
interface Known {
  ids: Map<number, number>;
  /** Numbers that were none of the namespaces of `all`. */
  vain: Set<number>;
  /** The namespaces that there were when those were asked for. */
  all: string;
}

/** Where namespaces are listed, and how one is asked. */
export interface NetnsIdSource {
  /** Maybe as they were a moment ago. */
  recent(): Promise<NetnsHandle[]>;
  list(): Promise<NetnsHandle[]>;
  ask: typeof netnsNumbers;
}

const SYSTEM: NetnsIdSource = { recent: recentNetns, list: listNetns, ask: netnsNumbers };

/** Namespaces that were the answer before, and are asked about first: nearly all lead to one host. */
const USUAL_MAX = 16;

/** Milliseconds of asking before others get their turn. */
const TURN_MS = 10;

/**
 * Remembers the numbers, since a namespace keeps them. A number may be given again once its namespace
 * is gone, so an answer counts only while that one exists.
 */
export class NetnsIdCache {
  readonly #known = new Map<number, Known>();
  #usual: number[] = [];

  constructor(readonly source: NetnsIdSource = SYSTEM) {}

  /**
   * Inodes behind numbers. `wanted` has, by inode of a namespace, the numbers its links name. Rejects
   * when one of them can't be asked.
   */
  async of(wanted: ReadonlyMap<number, Iterable<number>>): Promise<NetnsIds> {
    if (wanted.size === 0) return new Map();
    let handles = await this.source.recent();
    if (await this.#askAll(wanted, handles) > 0) {
      handles = await this.source.list();
      await this.#askAll(wanted, handles);
    }
    const inodes = new Set(handles.map((one) => one.inode));
    for (const inode of this.#known.keys()) {
      if (!inodes.has(inode)) this.#known.delete(inode);
    }
    const out = new Map<number, ReadonlyMap<number, number>>();
    for (const inode of wanted.keys()) {
      const ids = this.#known.get(inode)?.ids ?? [];
      out.set(inode, new Map([...ids].filter(([, other]) => inodes.has(other))));
    }
    return out;
  }

  /** How many numbers stay unknown that were not asked for in vain before. */
  async #askAll(
    wanted: ReadonlyMap<number, Iterable<number>>,
    handles: readonly NetnsHandle[],
  ): Promise<number> {
    const byInode = new Map(handles.map((one) => [one.inode, one]));
    const all = [...byInode.keys()].join(" ");
    let unknown = 0;
    let sinceMs = performance.now();
    for (const [inode, numbers] of wanted) {
      const known = this.#known.get(inode) ?? { ids: new Map(), vain: new Set(), all };
      const isKnown = (number: number) =>
        byInode.has(known.ids.get(number) ?? -1) || (known.all === all && known.vain.has(number));
      const missing = new Set([...numbers].filter((number) => !isKnown(number)));
      if (missing.size === 0) continue;
      const handle = byInode.get(inode);
      if (handle === undefined) {
        unknown += missing.size;
        continue;
      }
      const found = this.#ask(handle, missing, byInode);
      for (const [number, other] of found) known.ids.set(number, other);
      const vain = [...missing].filter((number) => !found.has(number));
      this.#known.set(inode, {
        ids: known.ids,
        vain: new Set(known.all === all ? [...known.vain, ...vain] : vain),
        all,
      });
      unknown += vain.length;
      if (performance.now() - sinceMs < TURN_MS) continue;
      await new Promise((resolve) => setTimeout(resolve, 0));
      sinceMs = performance.now();
    }
    return unknown;
  }

  #ask(
    handle: NetnsHandle,
    missing: ReadonlySet<number>,
    byInode: ReadonlyMap<number, NetnsHandle>,
  ): Map<number, number> {
    const usual = this.#usual.flatMap((inode) => byInode.get(inode) ?? []);
    const isUsual = new Set(this.#usual);
    const others = byInode.values().filter(({ inode }) => !isUsual.has(inode));
    const found = this.source.ask(handle, missing, [...usual, ...others]);
    this.#usual = [...new Set([...found.values(), ...this.#usual])].slice(0, USUAL_MAX);
    return found;
  }
}
