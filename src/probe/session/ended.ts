/** Which namespaces nothing leads to any more. */
import type { NetnsState } from "../../event/state.ts";
import { inodeOf, listNetns, type NetnsHandle } from "../state/mod.ts";

/** So many are remembered: the oldest are forgotten, whose names nobody asks for any more. */
const ENDED_MAX = 10_000;

/** Nothing of it could be read: it may have ended. */
export const isUnread = ({ gaps }: NetnsState): boolean =>
  gaps.some(({ what }) => what === "state");

/** Inodes of namespaces that have ended, until another one has the number. */
export class Ended {
  readonly #inodes = new Set<number>();

  has(inode: number): boolean {
    return this.#inodes.has(inode);
  }

  add(inode: number): void {
    this.#inodes.add(inode);
    if (this.#inodes.size <= ENDED_MAX) return;
    for (const oldest of this.#inodes) return void this.#inodes.delete(oldest);
  }

  /** The number is in use again. Whether it was one of these. */
  delete(inode: number): boolean {
    return this.#inodes.delete(inode);
  }

  /**
   * Those of the known ones that neither a look nor another one found: a process may hand its namespace on
   * to a younger one while it is looked for.
   */
  async among(
    known: readonly NetnsHandle[],
    there: readonly NetnsHandle[],
  ): Promise<NetnsHandle[]> {
    const missed = this.#missedIn(there, known);
    return missed.length === 0 ? [] : this.#missedIn(await listNetns(), missed);
  }

  /** Those whose own path leads to them no more, too. */
  #missedIn(there: readonly NetnsHandle[], known: readonly NetnsHandle[]): NetnsHandle[] {
    const found = new Set(there.map(({ inode }) => inode));
    return known.filter(({ inode, path }) =>
      !found.has(inode) && !this.has(inode) && inodeOf(path) !== inode
    );
  }
}
