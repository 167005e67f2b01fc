/** Keeps the nodes' state read: all of it at both ends of a trace, and where things happen between. */
import type { NetnsState } from "../event/state.ts";
import type { Intake, RunningNode } from "./intake.ts";
import { StateSchedule } from "./state_schedule.ts";
import { listNetns, type NetnsHandle, readState, readStates } from "./state/mod.ts";

/** Namespaces come and go with pods; a look at /proc tells. */
const LOOK_MS = 2_000;

/** More than these are not read again at the end: it must not take minutes. */
const FINAL_MAX = 64;

export class NodeState {
  readonly #schedule: StateSchedule;
  #look: ReturnType<typeof setTimeout> | undefined;
  #looking = false;
  #stopped = false;
  /** Asked for in vain: a namespace that is gone, or cannot be opened. */
  #unknown = new Set<number>();

  constructor(readonly intake: Intake) {
    this.#schedule = new StateSchedule({
      read: readState,
      onState: (state) => intake.addState(state),
    });
  }

  /** Reads every namespace once. */
  async readAll(): Promise<NetnsState[]> {
    const handles = this.intake.nodes.flatMap(({ netns }) => [...netns.values()]);
    const states = await readStates(handles);
    for (const state of states) {
      this.#schedule.noteRead(state.netns);
      this.intake.addState(state);
    }
    return states;
  }

  /** Something happened there that state may explain. */
  request(netns: number): void {
    for (const node of this.intake.nodes) {
      const handle = node.netns.get(netns);
      if (handle !== undefined) this.#schedule.request(handle);
    }
  }

  /** Looks for new namespaces from time to time, where a node has all. */
  follow(): void {
    if (this.#whole() !== undefined) this.#arm(LOOK_MS);
  }

  /** An event came from a namespace nobody has read yet. */
  lookSoon(netns: number): void {
    if (this.#whole() === undefined || this.#unknown.has(netns)) return;
    if (this.#unknown.size < 10_000) this.#unknown.add(netns);
    this.#arm(0);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#look);
    await this.#schedule.stop();
  }

  /** What the state is at the end, where something was seen. */
  async readFinal(): Promise<void> {
    const handles = this.intake.nodes.flatMap(({ all, netns }) =>
      [...netns.values()].filter(({ inode }) => !all || this.intake.active.has(inode))
    );
    const states = await readStates(handles.slice(0, FINAL_MAX));
    for (const state of states) this.intake.addState(state);
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
      for (const handle of await listNetns()) this.#found(node, handle);
    } finally {
      this.#looking = false;
      this.#arm(LOOK_MS);
    }
  }

  #found(node: RunningNode, handle: NetnsHandle): void {
    const known = node.netns.get(handle.inode);
    // A namespace gets its name after it was made, and its path when its first process is gone.
    if (known?.name === handle.name && known?.path === handle.path) return;
    this.intake.addNetns(node, handle);
    if (known === undefined) this.#schedule.request(handle);
  }
}
