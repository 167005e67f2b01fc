/**
 * Processes of this machine, from one look at /proc to the next: of one that is there since a while, what
 * it is in and whose it is was read already. A node has ten thousand, and a look each two seconds.
 */
import { type CgroupOwner, cgroupOwner } from "./cgroup.ts";
import { inodeOfLink } from "./netns_inode.ts";
import { isOwnTool } from "./own_tools.ts";

/** So many looks a process is young: it may still be moved to the group and namespace it is meant for. */
const YOUNG_LOOKS = 3;
/** One that is older is read again each so many looks: it may have gone elsewhere all the same. */
const AGAIN_LOOKS = 16;

/** What is known of a process. */
interface Known {
  /** Inode of its network namespace; undefined: it can't be read. */
  netns: number | undefined;
  about: About | null | undefined;
  /** How many times in a row it was found in the namespace that it was in before. */
  looks: number;
  /** Number of the look in which it was seen last. */
  seen: number;
}

/** A process, as far as it tells whose a namespace is. */
export interface About {
  program: string;
  owner: CgroupOwner | undefined;
}

/** What was read of processes in earlier looks. */
export class Processes {
  readonly #known = new Map<number, Known>();
  #look = 0;

  constructor(readonly proc = "/proc") {}

  /** Another look begins: what is asked from now on is of it. */
  beginLook(): void {
    this.#look += 1;
  }

  /** Forgets those that this look did not see. */
  endLook(): void {
    for (const [pid, { seen }] of this.#known) {
      if (seen !== this.#look) this.#known.delete(pid);
    }
  }

  /** Inode of the network namespace that a process is in; undefined: it ended, or may not be read. */
  netnsOf(pid: number): number | undefined {
    const known = this.#known.get(pid);
    if (known?.seen === this.#look) return known.netns;
    const isYoung = known === undefined || known.looks < YOUNG_LOOKS;
    if (isYoung || (pid + this.#look) % AGAIN_LOOKS === 0) {
      const netns = inodeOfLink(`${this.proc}/${pid}/ns/net`);
      const looks = known?.netns === netns ? (known?.looks ?? 0) + 1 : 0;
      this.#known.set(pid, { netns, about: undefined, looks, seen: this.#look });
      return netns;
    }
    known.seen = this.#look;
    return known.netns;
  }

  /** What a process is; null: it ended, or is a tool of our own. */
  aboutOf(pid: number): About | null {
    const known = this.#known.get(pid);
    if (known?.about !== undefined) return known.about;
    const about = this.#read(pid);
    if (known) known.about = about;
    return about;
  }

  #read(pid: number): About | null {
    let stat: string;
    let cgroup: string;
    try {
      stat = Deno.readTextFileSync(`${this.proc}/${pid}/stat`);
      cgroup = Deno.readTextFileSync(`${this.proc}/${pid}/cgroup`);
    } catch {
      // It ended.
      return null;
    }
    if (isOwnTool(stat)) return null;
    const program = stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")"));
    return { program, owner: cgroupOwner(cgroup) };
  }
}
