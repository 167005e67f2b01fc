/** A queueing discipline that had no room, or that is set to drop. */
import type { Qdisc } from "../../../event/state.ts";
import { isQueueDrop } from "../../kernel/queues.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { eventEvidence, place, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { checked } from "../shared/checked.ts";
import { device } from "../word.ts";

/** A qdisc had no room, or drops on purpose. */
export const queueOverflow: Rule = {
  id: "R32",
  statement:
    "Freed by a queueing discipline: `queue-overflow`, or `traffic-control-drop` when netem " +
    "is set to lose, or the qdisc is `blackhole`.",
  yields: ["queue-overflow", "traffic-control-drop"],
  judge(subject) {
    const { event } = subject;
    if (event.kind !== "drop" || !isQueueDrop(event)) return null;
    const qdiscs = qdiscsOf(subject);
    const grown = qdiscs.filter(({ now, rise }) => rise > 0 && now.kind !== "noqueue");
    const leaf = grown.sort((a, b) => b.rise - a.rise)[0] ??
      qdiscs.find(({ now }) =>
        now.kind !== "noqueue" && now.kind !== "clsact" && now.kind !== "ingress"
      );
    if (leaf && /\bloss\b/.test(leaf.now.text) && leaf.now.kind === "netem") {
      return cause(
        "traffic-control-drop",
        "likely",
        `netem on ${place(subject)} is set to lose packets: ${leaf.now.text}`,
        [eventEvidence(subject), stateEvidence(subject.node, leaf.now.text)],
        withoutRoot(subject, leaf.now),
      );
    }
    if (leaf?.now.kind === "blackhole") {
      return cause(
        "traffic-control-drop",
        grown.length === 1 ? "proven" : "likely",
        `the qdisc of ${place(subject)} drops everything: ${leaf.now.text}`,
        [eventEvidence(subject), stateEvidence(subject.node, leaf.now.text)],
        withoutRoot(subject, leaf.now),
      );
    }
    const what = leaf ? `${leaf.now.kind} ${leaf.now.handle}` : "the queue";
    return cause(
      "queue-overflow",
      // Of a device that was not read it may be another queue: a tun device's without a program.
      leaf || subject.link ? "proven" : "possible",
      `${what} at ${place(subject)} had no room${
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
      command(subject.node, subject.netns, [
        "tc",
        "-s",
        "qdisc",
        "show",
        "dev",
        device(subject.device),
      ]),
    );
  },
};

function qdiscsOf(subject: Case): { now: Qdisc; rise: number }[] {
  const snapshots = subject.node.states.get(subject.netns ?? -1) ?? [];
  const now = snapshots.at(-1)?.state.qdiscs.filter((qdisc) => qdisc.device === subject.device) ??
    [];
  const first = snapshots[0]?.state.qdiscs ?? [];
  return now.map((qdisc) => {
    const before = first.find((other) =>
      other.device === qdisc.device && other.handle === qdisc.handle &&
      other.parent === qdisc.parent
    );
    return { now: qdisc, rise: qdisc.drops - (before?.drops ?? 0) };
  });
}

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
