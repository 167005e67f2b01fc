/** Small forms of states whose rules stayed the same: making one of 33,000 rules takes 0.2 s. */
import type { NetnsState } from "../../event/state.ts";
import { condense } from "./condense.ts";

/** The last one of a namespace, and of what it was made. */
interface Known {
  of: Pick<NetnsState, "netfilter" | "chains" | "sets">;
  wanted: string;
  small: Pick<NetnsState, "netfilter" | "chains" | "sets">;
  gaps: NetnsState["gaps"];
}

/** Condenses states, and what was condensed before not again. */
export class Condensed {
  readonly #known = new Map<number, Known>();

  /** As `condense`. */
  of(state: NetnsState, wantedOf: () => ReadonlySet<string>): NetnsState {
    const { netns, netfilter, chains, sets } = state;
    const known = this.#known.get(netns);
    const isSame = known?.of.netfilter === netfilter && known.of.chains === chains &&
      known.of.sets === sets;
    // Of few rules nothing is left out, whatever is wanted.
    let wanted: ReadonlySet<string> | undefined;
    const asked = () => wanted ??= wantedOf();
    if (isSame && (known.wanted === "" || known.wanted === textOf(asked()))) {
      return { ...state, ...known.small, gaps: [...state.gaps, ...known.gaps] };
    }
    const made = condense(state, asked);
    this.#known.set(netns, {
      of: { netfilter, chains, sets },
      wanted: wanted === undefined ? "" : textOf(wanted),
      small: { netfilter: made.netfilter, chains: made.chains, sets: made.sets },
      gaps: made.gaps.slice(state.gaps.length),
    });
    return made;
  }

  forget(netns: number): void {
    this.#known.delete(netns);
  }
}

/** Never empty. */
const textOf = (wanted: ReadonlySet<string>) => ["wanted", ...[...wanted].sort()].join(" ");
