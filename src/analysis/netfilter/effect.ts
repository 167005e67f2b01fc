/** What a rule does to a packet. */
import type { Mark } from "./hook_packet.ts";
import { ALL_BITS } from "./nft_value.ts";
import type { Traveller } from "./traveller.ts";
import type { Tri } from "../view/tri.ts";

/** What a rule may end in. */
export type Verdict =
  | { do: "accept" }
  | { do: "drop" }
  | { do: "return" }
  /** Handed to a program, which may drop it. */
  | { do: "queue" }
  /** A target not understood here: it may let the packet go on, take it, or drop it. */
  | { do: "unknown" }
  /** With what it answers, as the rule says it. */
  | { do: "reject"; with: string }
  | { do: "jump" | "goto"; chain: string };

/** What a rule does to one packet. */
export interface Effect {
  /** Whether the packet comes to the verdict. */
  match: Tri;
  /** Which of them, when it does; none when the rule only looks. */
  verdicts: Verdict[];
}

/** The packet passes the rule by. */
export const NO_MATCH: Effect = { match: "no", verdicts: [] };

/** A rule that sets bits of the mark to known values, or to others. */
export interface MarkChange {
  /** Bits of the mark that the rule sets. */
  mask: number;
  value: Mark;
}

/** Bits that may or may not have been set are not known afterwards, unless they were so before. */
export function applyMark(at: Traveller, match: Tri, { mask, value }: MarkChange): void {
  if (match === "no") return;
  const kept = at.mark.known & ~mask;
  if (match === "yes") {
    at.mark = {
      value: ((at.mark.value & ~mask) | (value.value & mask)) >>> 0,
      known: (kept | (value.known & mask)) >>> 0,
    };
    return;
  }
  const same = ~(at.mark.value ^ value.value) & at.mark.known & value.known & mask;
  at.mark = { value: at.mark.value, known: (kept | same) >>> 0 };
}

/** Sets any bit of the mark to what is not known. */
export const anyMark: MarkChange = { mask: ALL_BITS, value: { value: 0, known: 0 } };
