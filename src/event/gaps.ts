/**
 * Why an outcome is `unknown`. Programs decide by the code; the text is for people, names the node
 * and the numbers, and is what a report shows. `docs/limits.md` has the same table.
 */
export const GAPS = {
  "script-not-attached": "A script that would have seen the packet was not attached.",
  "probe-restarted":
    "A node's probe was started more than once: in between nobody watched, or two share a name.",
  "batches-missing": "Batches of a node have not come, although later ones have.",
  "events-evicted":
    "The store threw away events of that time, or of one that nobody noted, at its limits.",
  "lines-missing": "Fewer events of a node have come than its probe says that it sent.",
  "events-lost": "The kernel or the probe of a node lost events.",
  "runs-left-out": "The kernel left out runs of a node's scripts, because another one was running.",
  "sampled": "A node told only some packets then, and not every packet of this one's kind.",
  "lines-refused": "Lines of a node could not be read.",
  "state-unread": "The state of a namespace is not known, so an address may live there.",
  "trace-ended": "The trace ended so soon after the packet was last seen that it may have gone on.",
  "loss-untold": "The trace ended before the node told what it had lost around the packet.",
  "only-copies-seen": "Only copies of the packet, made to be looked at, were seen.",
  "only-copies-for-others": "Only copies that a bridge flooded to hosts not meant were seen.",
  "freed-without-reason": "A function freed it that frees both losses and duplicates.",
  "tunnel-device-silent": "It was put into a tunnel device, and nothing was seen of it after that.",
  "tunnel-in-tunnel":
    "It went into a tunnel inside a tunnel, and what carried it there could not be followed to its end.",
  "beyond-unwatched": "It left by a device beyond which no probe watches.",
  "address-elsewhere": "Another host may have the destination's address, and have got it.",
  "neighbour-unresolved": "The kernel held it for want of its next hop's link address.",
  "held-silently": "A node received it, and no script saw what became of it.",
  "handed-to-controller":
    "Open vSwitch handed it to its daemon or controller, and nothing was seen of it after that.",
  "hardware-offload": "A device has filters in its hardware, which may take a packet unseen.",
  "fragments-missing": "It arrived and was held for other fragments of its packet, which did not.",
  "clocks-unrelated": "Nothing tells how two nodes' clocks stand to each other.",
  "watched-too-late": "The next node may not have been watched yet when it would have come.",
  "watched-too-short": "The next node may not have been watched any more when it would have come.",
  "flow-too-large": "Only a part of the flow's packets could be looked at together.",
  "translated-unseen": "A packet like it arrived with other ends, by way of what has no probe.",
  "left-out-there":
    "It was translated, and the filter leaves out what it became on the node where it would have come.",
  "acknowledged": "What it carried arrived, with it or with a packet that was not seen.",
  "begun-before": "The connection had begun before it was watched.",
  "answer-encrypted":
    "IPsec encrypts what the host would answer, which is not recognised as an answer then.",
  "answers-filtered": "The filter leaves out an answer from another end than the one asked.",
  "answer-doubtful":
    "A packet came to the client's port that may be an answer, or another's question.",
} as const satisfies Record<string, string>;

/** The code of a gap. A report shows its text and not the code. */
export type GapCode = keyof typeof GAPS;

/** Why the outcome of a packet, or of a flow, is `unknown`. */
export interface Gap {
  code: GapCode;
  /** For people, in one line: `n1 lost 2 events`. It may be longer than a report shows. */
  text: string;
}

const TOO_YOUNG: ReadonlySet<GapCode> = new Set<GapCode>(["trace-ended", "loss-untold"]);

/**
 * [G4] What became of the packet is not known for a reason that speaks against no other packet: it was
 * too young when the trace ended, or it is one of those that a node did not tell at each of its hops.
 */
export const speaksForNoOther = (gap: Gap | undefined): boolean =>
  isTooYoung(gap) || gap?.code === "sampled";

/** [G4] The packet was too young to be judged when the trace ended: nothing speaks against it. */
export const isTooYoung = (gap: Gap | undefined): boolean =>
  gap !== undefined && TOO_YOUNG.has(gap.code);
