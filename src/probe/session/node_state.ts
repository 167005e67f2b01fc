/**
 * Keeps the nodes' state read: all of it at both ends of a trace, and where things happen between.
 */
import { endedState } from "../../event/ended_state.ts";
import type { NetnsState } from "../../event/state.ts";
import type { Intake } from "./intake.ts";
import type { RunningNode } from "./intake_options.ts";
import { Ended, isUnread } from "./ended.ts";
import { isNewOwner, isSecondOwner, keepingOwner } from "./held.ts";
import { inReadingOrder } from "./reading_order.ts";
import { DEFAULT_SHARE, type Share } from "../run/share.ts";
import {
  AT_ONCE_MS,
  FEW_NAMESPACES,
  FINAL_MAX,
  LOOK_MS,
  TOGETHER_MAX,
  UNKNOWN_MAX,
} from "./state_bounds.ts";
import { StateSchedule } from "../state/state_schedule.ts";
import {
  type Beginning,
  Condensed,
  type ConnectionQuery,
  type CostedState,
  HeardChanges,
  KnownStates,
  listNetns,
  monotonicClock,
  namesOf,
  type NetnsHandle,
  readCosted,
  readMany,
  type ReadOptions,
  Watch,
} from "../state/mod.ts";

/** Reads states and gives each to the intake, then to `onState`. */
export class NodeState {
  readonly #schedule: StateSchedule;
  readonly #how: ReadOptions;
  readonly #watch: Watch;
  readonly #known = new KnownStates();
  readonly #condensed = new Condensed();
  /** Namespaces of which rules are to be read for what they counted. */
  #counted = new Set<number>();
  /** Namespaces that changed since they were read, and were not read again for that. */
  #changed = new Set<number>();
  #look: ReturnType<typeof setTimeout> | undefined;
  #looking = false;
  #following = false;
  #stopped = false;
  /** Inodes of namespaces whose state was read at least once. */
  #wasRead = new Set<number>();
  /** Inodes that events came from and that no look found: gone, or not to be opened. */
  #unknown = new Set<number>();
  readonly #named = Promise.withResolvers<void>();
  readonly #ended = new Ended();
  #heard = new HeardChanges(monotonicClock());

  /**
   * `wantedIn` gives addresses of a state whose rules are sent, however many rules there are;
   * `connections` says which connections are told, `share` what reading may take of a processor, and
   * each of its tools of memory, `isNamed` whether the filter names a namespace, `timeoutMs` how long
   * reading one namespace may take.
   */
  constructor(
    readonly intake: Intake,
    readonly onState: (state: NetnsState) => void,
    readonly wantedIn: (state: NetnsState) => ReadonlySet<string>,
    connections: ConnectionQuery,
    { cpuPercent, memoryBytes }: Share = DEFAULT_SHARE,
    readonly isNamed: (netns: NetnsHandle, node: string) => boolean = () => false,
    timeoutMs?: number,
  ) {
    this.#how = { connections, memoryBytes, timeoutMs };
    this.#schedule = new StateSchedule({
      read: (netns) => this.#read(netns),
      onState: (state) => this.#handOver(state),
      share: cpuPercent / 100,
    });
    this.#watch = new Watch({
      onChange: (handle) => this.#hasChanged(handle),
      onHeard: (netns, part) => this.#heard.add(netns, part),
      onStale: (...told) => this.#known.heard(...told),
    });
  }

  /** Reads every namespace once, so many at a time; this process's own first, then those named. */
  async readAll(): Promise<void> {
    const { handles, firstCount } = inReadingOrder(this.intake.nodes, this.isNamed);
    await this.#watch.add(handles);
    const named = Math.min(firstCount, TOGETHER_MAX);
    await this.#readAndTell(handles, 0, named);
    this.#named.resolve();
    let spentMs = 0;
    for (let i = named; i < handles.length && !this.#stopped; i += TOGETHER_MAX) {
      // Those with packets were read meanwhile.
      const group = handles.slice(i, i + TOGETHER_MAX);
      const unread = group.filter(({ inode }) => !this.#wasRead.has(inode));
      const costMs = await this.#readAndTell(unread, 0, TOGETHER_MAX);
      spentMs += costMs;
      if (spentMs > AT_ONCE_MS) await this.#schedule.pay(costMs);
    }
  }

  /** Resolves when what the filter names was read by `readAll`, as far as it is there. */
  get named(): Promise<void> {
    return this.#named.promise;
  }

  /** Resolves with the milliseconds of processor time that it took. */
  async #readAndTell(handles: NetnsHandle[], from: number, max: number): Promise<number> {
    const readings = await this.#readTogether(handles, from, max);
    for (const { state } of readings) this.#schedule.noteRead(state.netns);
    for (const { state } of readings) this.#handOver(state);
    return readings.reduce((sum, { costMs }) => sum + costMs, 0);
  }

  /**
   * Something happened in a namespace (its inode) that its state may explain, also by what rules have
   * counted where `withCounters` says so.
   */
  request(netns: number, withCounters: boolean): void {
    if (this.#ended.has(netns)) return;
    if (withCounters) this.#counted.add(netns);
    const handles = this.intake.nodes.flatMap((node) => node.netns.get(netns) ?? []);
    for (const handle of handles) this.#schedule.request(handle);
  }

  /** From now on changes are read, and new namespaces found where a node has all. */
  follow(): void {
    this.#following = true;
    for (const handle of this.intake.nodes.flatMap(({ netns }) => [...netns.values()])) {
      if (this.#changed.has(handle.inode)) this.#hasChanged(handle);
    }
    if (this.#nodeOfAll() !== undefined) this.#arm(LOOK_MS);
  }

  /** The first event of a namespace: what is read of it may be old. */
  activated(netns: number): void {
    const handle = this.#nodeOfAll()?.netns.get(netns);
    if (handle === undefined || !this.#following) return;
    const isKnown = this.#wasRead.has(netns) && this.#watch.hears(netns);
    if (!isKnown || this.#changed.has(netns)) this.#schedule.request(handle);
  }

  #hasChanged({ inode }: NetnsHandle): void {
    if (this.#ended.has(inode)) return;
    const node = this.intake.nodes.find(({ netns }) => netns.has(inode));
    // It may be entered by another path than when it was heard of first.
    const handle = node?.netns.get(inode);
    const isRead = this.#following && handle !== undefined &&
      (!node!.all || node!.netns.size <= FEW_NAMESPACES || this.intake.active.has(inode));
    if (isRead) this.#schedule.request(handle);
    else this.#changed.add(inode);
  }

  /** An event came from a namespace nobody has read yet. */
  lookSoon(netns: number): void {
    if (this.#nodeOfAll() === undefined || this.#unknown.has(netns)) return;
    if (this.#unknown.size < UNKNOWN_MAX) this.#unknown.add(netns);
    this.#arm(0);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#look);
    await Promise.all([this.#schedule.stop(), this.#watch.stop()]);
  }

  /** What the state is at the end, where something was seen. */
  async readFinal(): Promise<void> {
    const handles = this.intake.nodes.flatMap(({ all, netns }) =>
      [...netns.values()].filter(({ inode }) => !all || this.intake.active.has(inode))
    ).filter(({ inode }) => !this.#ended.has(inode));
    // Namespaces never read come first: of them, this is all that will be known.
    const read = ({ inode }: NetnsHandle) => Number(this.#wasRead.has(inode));
    handles.sort((a, b) => read(a) - read(b));
    for (const { state } of await this.#readTogether(handles, 0, FINAL_MAX)) this.#handOver(state);
  }

  async #readTogether(handles: NetnsHandle[], from: number, max: number): Promise<CostedState[]> {
    const some = handles.slice(from, from + max);
    const begun = some.map((netns) => this.#begin(netns));
    const readings = await readMany(some, this.#how);
    readings.forEach(({ keepable }, i) => this.#known.end(some[i]!, begun[i]!, keepable));
    if (readings.some(({ state }) => isUnread(state))) await this.#lookForEnded(await listNetns());
    return readings;
  }

  /** Reads what may have changed since the last reading, of a namespace whose changes are told. */
  async #read(netns: NetnsHandle): Promise<CostedState> {
    const { inode } = netns;
    this.#watch.hearNow(inode);
    const withCounters = this.#counted.delete(inode);
    const partsMs = withCounters ? 0 : await this.#known.freshen(netns, this.#how);
    const kept = this.#watch.hears(inode) ? this.#known.keptOf(netns, withCounters) : {};
    const begun = this.#begin(netns);
    const reading = await readCosted(netns, { ...this.#how, kept: () => kept });
    reading.costMs += partsMs;
    this.#watch.hearNow(inode);
    if (this.#known.isStale(inode, begun, namesOf(kept))) {
      // What was kept changed while the rest was read: the two are not of one moment.
      const again = this.#begin(netns);
      const whole = await readCosted(netns, this.#how);
      this.#known.end(netns, again, whole.keepable);
      return { ...whole, costMs: reading.costMs + whole.costMs };
    }
    this.#known.end(netns, begun, reading.keepable);
    if (isUnread(reading.state)) await this.#lookForEnded(await listNetns());
    return reading;
  }

  #begin(netns: NetnsHandle): Beginning {
    this.#changed.delete(netns.inode);
    return this.#known.begin(netns, this.#watch.hearsRules(netns.inode));
  }

  #handOver(state: NetnsState): void {
    // That it has ended was told instead.
    if (isUnread(state) && this.#ended.has(state.netns)) return;
    const { netns, name, timeNs } = state;
    this.#wasRead.add(netns);
    const heard = this.#heard.take(netns, BigInt(timeNs));
    if (heard.length > 0) state.heard = heard;
    state.gaps.push(...this.#watch.gapsOf({ inode: netns, name }));
    this.intake.addState(this.#condensed.of(state, () => this.wantedIn(state)));
    this.onState(state);
  }

  #nodeOfAll = (): RunningNode | undefined => this.intake.nodes.find(({ all }) => all);

  #arm(delayMs: number): void {
    if (this.#stopped || this.#looking) return;
    clearTimeout(this.#look);
    this.#look = setTimeout(() => void this.#lookNow(), delayMs);
  }

  async #lookNow(): Promise<void> {
    const node = this.#nodeOfAll();
    if (node === undefined) return;
    this.#looking = true;
    try {
      const there = await listNetns();
      for (const handle of there) this.#found(node, handle);
      await this.#lookForEnded(there);
    } finally {
      this.#looking = false;
      this.#arm(LOOK_MS);
    }
  }

  #found(node: RunningNode, handle: NetnsHandle): void {
    const known = this.#ended.delete(handle.inode) ? undefined : node.netns.get(handle.inode);
    const now = keepingOwner(handle, known);
    const isRead = known !== undefined && !isNewOwner(known, now);
    // It gets its name after it was made, and its path when its first process is gone.
    const isSame = known?.name === now.name && known?.path === now.path &&
      known?.holder?.pid === now.holder?.pid;
    if (isRead && isSame) return;
    this.intake.addNetns(node, now);
    if (isRead) return;
    if (known && isSecondOwner(known, now)) this.#forgetOne(now.inode);
    void this.#watch.add([now]).then(() => this.#schedule.request(now));
  }

  async #lookForEnded(there: readonly NetnsHandle[]): Promise<void> {
    const known = this.intake.nodes.flatMap(({ netns }) => [...netns.values()]);
    (await this.#ended.among(known, there)).forEach((handle) => this.#end(handle));
  }

  /** Tells that a namespace has ended, and forgets it; one with packets stays for its name. */
  #end(handle: NetnsHandle): void {
    const { inode } = handle;
    const nodes = this.intake.nodes.filter(({ netns }) => netns.get(inode) === handle);
    // Found anew while it was looked for: the next look tells.
    if (nodes.length === 0) return;
    this.#forgetOne(inode);
    this.#heard.forget(inode);
    this.#ended.add(inode);
    for (const node of nodes) {
      if (this.#wasRead.delete(inode)) {
        const told = { netns: inode, name: handle.name, holder: handle.holder };
        this.intake.addState(endedState(told, String(this.intake.nowNs())));
      }
      if (node.all && !this.intake.active.has(inode)) this.intake.removeNetns(node, inode);
    }
  }

  /** Sockets of the watch would keep it alive. */
  #forgetOne(inode: number): void {
    this.#watch.forget(inode);
    this.#known.forget(inode);
    this.#condensed.forget(inode);
    this.#changed.delete(inode);
    this.#counted.delete(inode);
  }
}
