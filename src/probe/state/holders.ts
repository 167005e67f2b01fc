/** Whose a network namespace is, by the processes in it: what they are the control group of. */
import type { NetnsHolder } from "../../event/netns_holder.ts";
import { clip } from "./bounds.ts";
import type { CgroupOwner } from "./cgroup.ts";
import { ContainerNames } from "./container_names.ts";
import { Processes } from "./processes.ts";

/** Namespaces that are looked at for whose they are, each time. */
const NAMESPACES_MAX = 5_000;

/** A namespace, as far as it matters here: its inode, and whether it is the machine's own. */
interface Held {
  inode: number;
  own?: boolean;
}

/** Looks at processes for whose a namespace is. Tests have folders of their own. */
export class Holders {
  constructor(readonly names: ContainerNames = new ContainerNames()) {}

  /**
   * The namespaces, each with its holder, by some of its processes, of which `known` has what was read
   * before. A process that ends meanwhile is passed over. The machine's own namespace has everybody's
   * processes, and gets no holder.
   */
  addTo<T extends Held>(
    handles: readonly T[],
    processes: ReadonlyMap<number, readonly number[]>,
    known = new Processes(),
  ): (T & { holder?: NetnsHolder })[] {
    this.names.beginLook();
    return handles.map((handle, i) => {
      if (handle.own || i >= NAMESPACES_MAX) return handle;
      const holder = this.#holderOf(processes.get(handle.inode) ?? [], known);
      return holder === undefined ? handle : { ...handle, holder };
    });
  }

  /** A process of a pod or container says it, else one of a service, else any. */
  #holderOf(pids: readonly number[], known: Processes): NetnsHolder | undefined {
    let best: NetnsHolder | undefined;
    for (const pid of pids) {
      const holder = this.#holder(pid, known);
      if (holder?.pod ?? holder?.container) return holder;
      if (best === undefined || (best.unit === undefined && holder?.unit !== undefined)) {
        best = holder ?? best;
      }
    }
    return best;
  }

  #holder(pid: number, known: Processes): NetnsHolder | undefined {
    const about = known.aboutOf(pid);
    if (about === null) return undefined;
    return { pid, program: clip(about.program, 64), ...this.#owner(about.owner) };
  }

  #owner(owner: CgroupOwner | undefined): Partial<NetnsHolder> {
    switch (owner?.kind) {
      case "pod":
        return { pod: this.names.pod(owner.uid) };
      case "container":
        return this.names.container(owner.id, owner.runtime);
      case "machine": {
        const name = clip(owner.name, 255);
        return { container: { id: name, name, runtime: owner.runtime } };
      }
      case "unit":
        return { unit: clip(owner.unit, 255) };
      default:
        return {};
    }
  }
}
