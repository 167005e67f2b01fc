/** A queueing discipline that had no room, or that is set to drop. */
import type { Qdisc } from "../../../event/state.ts";
import { isFlowFull, isQueueDrop } from "../../kernel/queues.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { eventEvidence, place, stateEvidence } from "../evidence.ts";
import { cause, type Finding, type Rule } from "../rule.ts";
import { checked, lookAt } from "../shared/checked.ts";
import { mayDrop } from "../traffic-control-drop/traffic_control.ts";
import { device } from "../word.ts";
import { type Counted, countedBy, suspectsOf } from "./counted.ts";
import { dropsClassless, hadRoom, hasNoWayIn } from "./classless.ts";
import { burstBelow } from "./too_large.ts";

/** A qdisc had no room, or drops on purpose. */
export const queueOverflow: Rule = {
  id: "R32",
  statement:
    "Freed by a queueing discipline: `queue-overflow`, or `traffic-control-drop` when netem " +
    "is set to lose, or the qdisc is `blackhole`, or a filter that drops stands at one without queues " +
    "of its own (prio). Named is the discipline that counted a drop which no child of it did, " +
    "and where its burst (tbf) is smaller than the packet, that no such packet passes; where " +
    "one that is to lose packets and one that was full both counted, or a filter of the one that was full " +
    "dropped some, or stands at fq_codel or sfq, which drop what no filter matches, and of hfsc, drr and qfq, which drop " +
    "what has no class, no more than possible; likely where these were read to have neither a default class nor a " +
    "filter, so that they drop what comes, or to have had room: fewer packets were ever in them than one class holds. etf has no room to run out of: it drops what has no time to be sent at.",
  yields: ["queue-overflow", "traffic-control-drop"],
  judge: (subject) =>
    subject.event.kind === "drop" && isQueueDrop(subject.event) ? ofQueue(subject) : null,
};

/** What a queueing discipline of the device that freed the packet did so for. */
export function ofQueue(subject: Case): Finding {
  const { event } = subject;
  const grown = countedBy(subject);
  const suspects = suspectsOf(subject);
  const leaf = suspects[0];
  const onPurpose = suspects.filter(({ now }) => isMeantToDrop(now));
  if (leaf && isMeantToDrop(leaf.now)) {
    const what = leaf.now.kind === "netem"
      ? `netem on ${place(subject)} is set to lose packets`
      : `the qdisc of ${place(subject)} drops everything`;
    return cause(
      "traffic-control-drop",
      suspects.length > onPurpose.length
        ? "possible"
        : leaf.now.kind === "blackhole" && grown.length === 1
        ? "proven"
        : "likely",
      `${what}: ${leaf.now.text}`,
      [eventEvidence(subject), stateEvidence(subject.node, leaf.now.text)],
      withoutRoot(subject, leaf.now),
    );
  }
  const filter = leaf && refusingFilter(subject, leaf);
  if (filter) {
    return cause(
      "traffic-control-drop",
      "likely",
      `${leaf.now.kind} ${leaf.now.handle} at ${place(subject)} has no queue of its own and ` +
        `dropped it, as a filter of it may tell it to: ${filter.text}`,
      [eventEvidence(subject), stateEvidence(subject.node, filter.text)],
      showingQdiscs(subject),
    );
  }
  const what = leaf ? `${leaf.now.kind} ${leaf.now.handle}` : "the queue";
  const isFiltered = hasDropped(subject, leaf);
  const burst = leaf ? burstBelow(event, leaf.now) : null;
  const perFlow = /\bflow_limit (\d+)/.exec(leaf?.now.text ?? "")?.[1];
  const isClassless = leaf !== undefined && dropsClassless(leaf.now);
  if (leaf && suspects.length === 1 && hasNoWayIn(subject.after ?? subject.before, leaf.now)) {
    return withoutWayIn(subject, leaf.now);
  }
  if (leaf && isClassless && suspects.length === 1 && hadRoom(subject, leaf.now)) {
    return withoutClass(subject, leaf.now);
  }
  const why = isFlowFull(event)
    ? `had as many packets of this flow as it holds${
      perFlow === undefined ? "" : `: ${perFlow}`
    } (flow_limit)`
    : leaf?.now.kind === "etf"
    ? "sends by the times that programs give their packets (SO_TXTIME), and dropped it: it has none, or " +
      "one that is past or of another clock"
    : burst === null
    ? `had no room${isFiltered ? ", or its filters did not let it in" : ""}${
      isClassless ? ", or no class of it takes the packet" : ""
    }`
    : `passes no packet of ${event.ipLength} bytes: its burst is ${burst} bytes`;
  return cause(
    "queue-overflow",
    // Of a device that was not read it may be another queue: a tun device's without a program.
    onPurpose.length > 0 || !(leaf || subject.link) || isFiltered || isClassless
      ? "possible"
      // It has no queue of its own: one below it had no room, or a filter that was not read refused it.
      : leaf && ONLY_CLASSES.has(leaf.now.kind)
      ? "likely"
      : "proven",
    `${what} at ${place(subject)} ${why}${
      leaf && leaf.rise > 0 ? ` (${leaf.rise} packets dropped by it while watched)` : ""
    }`,
    [
      eventEvidence(subject),
      ...(leaf
        ? [
          stateEvidence(
            subject.node,
            `${leaf.now.text}; ${leaf.now.drops} drops${
              leaf.now.limit ? `, limit ${leaf.now.limit}` : ""
            }`,
          ),
        ]
        : []),
    ],
    showingQdiscs(subject),
  );
}

/** Whatever came it had no class, unless somebody had given the packet one by its priority. */
function withoutWayIn(subject: Case, { kind, handle, text }: Qdisc): Finding {
  return cause(
    "queue-overflow",
    "likely",
    `${kind} ${handle} at ${place(subject)} drops what has no class, and has ${
      kind === "hfsc" ? "neither a default class nor a filter" : "no filter"
    } that would send packets to one`,
    [eventEvidence(subject), stateEvidence(subject.node, `${text}; no filters`)],
    [
      ...showingQdiscs(subject),
      ...lookAt(
        kind === "hfsc"
          ? "it needs a default class that is there, or a filter that matches what is left"
          : "it needs a filter that matches what is left",
      ),
    ],
  );
}

/** It had room, so that it dropped what none of its filters sends to a class that is there. */
function withoutClass(subject: Case, { kind, handle, text, sent, backlogPackets }: Qdisc): Finding {
  return cause(
    "queue-overflow",
    "likely",
    `${kind} ${handle} at ${
      place(subject)
    } had room, and drops what has no class: none of its filters sends ` +
      "this packet to one that is there",
    [
      eventEvidence(subject),
      stateEvidence(subject.node, `${text}; ${sent} packets sent, ${backlogPackets} waiting`),
    ],
    [
      ...showingQdiscs(subject),
      ...command(subject.node, subject.netns, [
        ...["tc", "filter", "show", "dev", device(subject.link?.name)],
      ]),
      ...lookAt("it needs a filter that matches this packet, or a default class that is there"),
    ],
  );
}

/** What it was set up for, whether there is room or not. */
const isMeantToDrop = ({ kind, text }: Qdisc) =>
  kind === "blackhole" || (kind === "netem" && /\bloss\b/.test(text));

/** Of these each packet is in a child's queue: what they drop themselves has found no class. */
const ONLY_CLASSES = new Set(["prio", "multiq", "drr", "ets", "qfq", "hfsc"]);

/** A filter that may be why a discipline without queues dropped something by itself. */
const refusingFilter = ({ after, before }: Case, { now, rise }: Counted) =>
  ONLY_CLASSES.has(now.kind)
    ? (after ?? before)?.filters.find((filter) =>
      filter.device === now.device && filter.where.startsWith(now.handle) && mayDrop(filter) &&
      // What was read once alone tells of no rise; the filter's own counter tells that it dropped.
      (rise > 0 || filter.actions.some(({ drops = 0 }) => drops > 0))
    )
    : undefined;

/**
 * A filter of a discipline that has a queue has dropped packets, which are in its count, too, or may
 * have left this one without a flow of its own.
 */
const hasDropped = ({ after, before }: Case, leaf: Counted | undefined): boolean =>
  (after ?? before)?.filters.some((filter) =>
    filter.device === leaf?.now.device && filter.where.startsWith(leaf.now.handle) &&
    (DROPS_UNMATCHED.has(leaf.now.kind) || filter.actions.some(({ drops = 0 }) => drops > 0))
  ) ?? false;

/** Where filters stand at these, what none of them matches is dropped (`fq_codel_classify`). */
const DROPS_UNMATCHED = new Set(["fq_codel", "sfq"]);

const showingQdiscs = ({ node, netns, device: name }: Case) =>
  command(node, netns, ["tc", "-s", "qdisc", "show", "dev", device(name)]);

/**
 * Taken from the root of its device, where the kernel puts one that keeps everything. One that
 * stands inside another is shown: with the root all that the others do would go.
 */
function withoutRoot({ node, netns, after, before }: Case, qdisc: Qdisc): string[] {
  const state = after ?? before;
  const others = state?.qdiscs.filter((other) =>
    other.device === qdisc.device && other.handle !== qdisc.handle &&
    !/^(clsact|ingress)$/.test(other.kind)
  );
  const isRoot = qdisc.parent === undefined || qdisc.parent === "root" ||
    /\broot\b/.test(qdisc.text);
  const isLike = (other: Qdisc) =>
    other.device === qdisc.device && other.kind === qdisc.kind && other.handle === qdisc.handle;
  const lines = isRoot && others?.length === 0
    ? checked({
      ...{ node, netns, state },
      changes: [{ do: "delete-root-qdisc", qdisc }],
      passes: ({ qdiscs }) => !qdiscs.some(isLike),
    })
    : [];
  if (lines.length > 0) return lines;
  return command(node, netns, ["tc", "-s", "qdisc", "show", "dev", device(qdisc.device)]);
}
