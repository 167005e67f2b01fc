/** What became of the ICMP error that tells a sender that its packet is too big. */
import { isNetfilterDrop } from "../../kernel/netfilter.ts";
import { quoting } from "../../view/evidence.ts";
import { ownsAddress, stateAt } from "../../view/state_view.ts";
import type { Sighting } from "../../view/timeline.ts";
import type { Case } from "../case.ts";
import { placeOf } from "../evidence.ts";
import { whyDied } from "../shared/aside_death.ts";
import type { Asked } from "../shared/asked.ts";

/**
 * Whether the error came back to the sender: in the evidence, and in words where a rule dropped it, so
 * that the sender goes on as before. Null where no error was seen.
 */
export function errorBack(subject: Case): Asked | null {
  const { event } = subject;
  const told = quoting(subject.evidence, event.source, event.destination)
    .filter(({ mtu }) => mtu !== undefined);
  if (told.length === 0) return null;
  const arrived = told.find((other) =>
    other.kind === "device-rx" &&
    ownsAddress(stateAt(other.node, other.netns, other.at), event.source!)
  );
  const last = arrived ?? told.at(-1)!;
  const how = arrived
    ? `arrived at ${last.device} of ${last.node.name}`
    : `was not seen to arrive; last seen at ${last.device ?? "?"} of ${last.node.name}`;
  const text = `the ICMP error telling ${event.source} of MTU ${last.mtu} ${how}`;
  const dropped = droppedBy(subject, told);
  return {
    text: dropped?.text ?? "",
    evidence: [{ node: last.node.name, kind: "event", text }, ...dropped?.evidence ?? []],
    remedy: dropped?.remedy ?? [],
  };
}

/** The rule that dropped the error, when each of them that ended anywhere was dropped by netfilter. */
function droppedBy(subject: Case, told: readonly Sighting[]): Asked | null {
  const free = told.findLast((other) => other.kind === "drop" && isNetfilterDrop(other));
  if (!free || told.some(({ kind }) => kind === "deliver")) return null;
  const came = told.findLast((other) =>
    other.kind === "device-rx" && other.node === free.node && other.skb === free.skb &&
    other.at <= free.at
  );
  const why = whyDied(subject, came ?? free, free);
  const where = placeOf(free.node, free.netns ?? came?.netns, free.device ?? came?.device ?? "");
  return why && {
    text: `; the ICMP error that tells ${subject.event.source} so died at ${where}: ${why.text}`,
    evidence: why.evidence,
    remedy: why.remedy,
  };
}
