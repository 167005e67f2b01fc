/** Which of the reasons that a kernel only counts it was, by two readings of its counters. */
import type { NetnsState } from "../../../event/state.ts";
import { type RefusalCounters, untoldRefusal } from "../../kernel/refusals.ts";
import type { Case } from "../case.ts";
import { risen } from "./xfrm_counters.ts";

/** Why a place refused all that it refused between two readings. */
export interface CountedRefusal {
  /** `policy`, `other`: what UDP refused and none of the others counted, with and without IPsec's counters. */
  kind: "checksum" | "room" | "memory" | "policy" | "other";
  counter: string;
  packets: number;
}

/**
 * The one kind that was counted, in the namespace, from the reading before to the one after; null where
 * there were two or none, so that it is not known which this packet's was.
 */
export function countedRefusal({ event, before, after }: Case): CountedRefusal | null {
  const counters = untoldRefusal(event);
  if (counters === null || !before?.refused || !after?.refused) return null;
  const found = kindsOf(counters, before, after).filter(({ packets }) => packets > 0);
  return found.length === 1 ? found[0]! : null;
}

function kindsOf(
  { checksum, datagrams }: RefusalCounters,
  before: NetnsState,
  after: NetnsState,
): CountedRefusal[] {
  const more = (name: string) => (after.refused![name] ?? 0) - (before.refused![name] ?? 0);
  const kinds: CountedRefusal[] = [{
    kind: "checksum",
    counter: checksum,
    packets: more(checksum),
  }];
  if (datagrams === undefined) return kinds;
  const { all, room, memory } = datagrams;
  kinds.push({ kind: "room", counter: room, packets: more(room) });
  kinds.push({ kind: "memory", counter: memory, packets: more(memory) });
  const named = kinds.reduce((sum, kind) => sum + kind.packets, 0);
  // What a policy of IPsec refuses is counted among all, and in counters of its own.
  const kind = risen(before, after, "XfrmIn").length > 0 ? "policy" : "other";
  return [...kinds, { kind, counter: all, packets: more(all) - named }];
}
