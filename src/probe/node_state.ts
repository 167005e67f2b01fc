/** Keeps the nodes' state read: all of it at both ends of a trace, and where things happen between. */
import type { NetnsState } from "../event/state.ts";
import type { Intake, RunningNode } from "./intake.ts";
import { StateSchedule } from "./state_schedule.ts";
import {
  listNetns,
  type NetnsHandle,
  readState,
  readStates,
  type Watch,
  watchState,
} from "./state/mod.ts";

/** Namespaces come and go with pods; a look at /proc tells. */
const LOOK_MS = 2_000;

/** More than these are not read again at the end: it must not take minutes. */
const FINAL_MAX = 64;

/** How many namespaces' numbers are remembered that could not be found. */
const UNKNOWN_MAX = 10_000;

export class NodeState {
  readonly #schedule: StateSchedule;
  #watches: Watch[] = [];
  #look: ReturnType<typeof setTimeout> | undefined;
  #looking = false;
  #stopped = false;
  /** Asked for in vain: a namespace that is gone, or cannot be opened. */
  #unknown = new Set<number>();

  constructor(readonly intake: Intake, readonly onState: (state: NetnsState) => void) {
    this.#schedule = new StateSchedule({ read: readState, onState: (state) => this.#took(state) });
  }

  /** Reads every namespace once. */
  async readAll(): Promise<void> {
    const handles = this.intake.nodes.flatMap(({ netns }) => [...netns.values()]);
    for (const state of await readStates(handles)) {
      this.#schedule.noteRead(state.netns);
      this.#took(state);
    }
  }

  /** Something happened there that state may explain. */
  request(netns: number): void {
    for (const node of this.intake.nodes) {
      const handle = node.netns.get(netns);
      if (handle !== undefined) this.#schedule.request(handle);
    }
  }

  /** From now on changes are read, and new namespaces found where a node has all. */
  follow(): void {
    this.#watch(this.intake.nodes.flatMap(({ netns }) => [...netns.values()]));
    if (this.#whole() !== undefined) this.#arm(LOOK_MS);
  }

  /** An event came from a namespace nobody has read yet. */
  lookSoon(netns: number): void {
    if (this.#whole() === undefined || this.#unknown.has(netns)) return;
    if (this.#unknown.size < UNKNOWN_MAX) this.#unknown.add(netns);
    this.#arm(0);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#look);
    await Promise.all([this.#schedule.stop(), ...this.#watches.map((watch) => watch.stop())]);
  }

  /** What the state is at the end, where something was seen. */
  async readFinal(): Promise<void> {
    const handles = this.intake.nodes.flatMap(({ all, netns }) =>
      [...netns.values()].filter(({ inode }) => !all || this.intake.active.has(inode))
    );
    for (const state of await readStates(handles.slice(0, FINAL_MAX))) this.#took(state);
  }

  #took(state: NetnsState): void {
    this.intake.addState(state);
    this.onState(state);
  }

  #watch(handles: NetnsHandle[]): void {
    if (this.#stopped || handles.length === 0) return;
    this.#watches.push(watchState(handles, (handle) => this.#schedule.request(handle)));
  }

  #whole(): RunningNode | undefined {
    return this.intake.nodes.find(({ all }) => all);
  }

  #arm(delayMs: number): void {
    if (this.#stopped || this.#looking) return;
    clearTimeout(this.#look);
    this.#look = setTimeout(() => void this.#lookNow(), delayMs);
  }

  async #lookNow(): Promise<void> {
    const node = this.#whole();
    if (node === undefined) return;
    this.#looking = true;
    try {
      const fresh = (await listNetns()).filter((handle) => this.#found(node, handle));
      this.#watch(fresh);
    } finally {
      this.#looking = false;
      this.#arm(LOOK_MS);
    }
  }

  /** True for a namespace that was not there before. */
  #found(node: RunningNode, handle: NetnsHandle): boolean {
    const known = node.netns.get(handle.inode);
    // A namespace gets its name after it was made, and its path when its first process is gone.
    if (known?.name === handle.name && known?.path === handle.path) return false;
    this.intake.addNetns(node, handle);
    if (known === undefined) this.#schedule.request(handle);
    return known === undefined;
  }
}
