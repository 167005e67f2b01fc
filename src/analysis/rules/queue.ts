/** Deaths by traffic control, XDP and queues. */
import { isQueueDrop, trafficControlSide } from "../kernel/queues.ts";
import { isFreedByXdpRunner, saysXdp } from "../kernel/xdp.ts";
import type { Qdisc, TrafficControlFilter } from "../../event/state.ts";
import {
  type Case,
  cause,
  command,
  eventEvidence,
  place,
  placeOf,
  type Rule,
  shell,
  stateEvidence,
} from "./rule.ts";

export const trafficControl: Rule = {
  id: "R30",
  title: "a tc filter or program dropped it",
  judge(found) {
    const { event } = found;
    const side = trafficControlSide(event);
    if (event.kind !== "drop" || side === null) return null;
    const filters =
      (found.after ?? found.before)?.filters.filter((filter) =>
        filter.device === found.device &&
        (filter.where === side || filter.where === "ingress" || filter.where.endsWith(":")) &&
        mayDrop(filter)
      ) ?? [];
    const moved = filters.filter((filter) => dropsBetween(found, filter) > 0);
    const named = moved.length === 1 ? moved : filters.length === 1 ? filters : [];
    const what = named.length === 1 ? ` by ${named[0]!.text}` : "";
    return cause(
      "traffic-control-drop",
      "proven",
      `traffic control dropped it at ${side} of ${place(found)}${what}`,
      [
        eventEvidence(found),
        ...(named.length > 0 ? named : filters).slice(0, 5).map((filter) =>
          stateEvidence(found.node, `tc filter ${filter.device} ${filter.where}: ${filter.text}`)
        ),
      ],
      named.length === 1
        ? [
          command(
            found.node,
            found.netns,
            `tc filter del dev ${shell(found.device)} ${side}${
              named[0]!.preference !== undefined ? ` pref ${named[0]!.preference}` : ""
            }`,
          ),
        ]
        : [
          command(found.node, found.netns, `tc -s filter show dev ${shell(found.device)} ${side}`),
        ],
    );
  },
};

/** A drop action, or a program that decides by itself. */
function mayDrop(filter: TrafficControlFilter): boolean {
  return filter.kind === "bpf" ||
    filter.actions.some((action) =>
      action.control === "drop" || action.kind === "police" || action.kind === "bpf" ||
      action.control === "shot"
    ) || /\bdrop\b/.test(filter.text);
}

function dropsBetween(found: Case, filter: TrafficControlFilter): number {
  const count = (other: TrafficControlFilter | undefined) =>
    other?.actions.reduce((total, action) => total + (action.drops ?? 0), 0) ?? 0;
  const earlier = found.before?.filters.find((other) =>
    other.device === filter.device && other.where === filter.where &&
    other.preference === filter.preference && other.handle === filter.handle
  );
  return count(filter) - count(earlier);
}

export const xdp: Rule = {
  id: "R31",
  title: "an XDP program dropped it",
  judge(found) {
    const { event, judgement } = found;
    const isRun = isFreedByXdpRunner(event) && found.link?.xdp?.length;
    if (event.kind === "drop" && (saysXdp(event) || isRun)) {
      const programs = found.link?.xdp ?? [];
      return cause("xdp-drop", "proven", `an XDP program at ${place(found)} dropped it`, [
        eventEvidence(found),
        ...programs.map((program) =>
          stateEvidence(
            found.node,
            `${found.device}: XDP ${program.mode ?? ""} program ${program.id ?? ""} ${
              program.name ?? ""
            }`.trim(),
          )
        ),
      ], [command(found.node, found.netns, `ip link set dev ${shell(found.device)} xdp off`)]);
    }
    const awaited = judgement.awaited;
    if (judgement.outcome !== "vanished" || !awaited?.link.xdp?.length) return null;
    const where = placeOf(awaited.node, awaited.netns, awaited.link.name);
    const program = awaited.link.xdp[0]!;
    return cause(
      "xdp-drop",
      "likely",
      `it left ${
        place(found)
      } and never came out of ${where}, where an XDP program runs before anything that can be traced`,
      [
        eventEvidence(found),
        stateEvidence(
          awaited.node,
          `${where}: XDP ${program.mode ?? ""} program ${program.id ?? ""} ${program.name ?? ""}`
            .trim(),
        ),
      ],
      [command(awaited.node, awaited.netns, `ip link set dev ${shell(awaited.link.name)} xdp off`)],
    );
  },
};

export const queueOverflow: Rule = {
  id: "R32",
  title: "a qdisc had no room",
  judge(found) {
    const { event } = found;
    if (event.kind !== "drop" || !isQueueDrop(event)) return null;
    const qdiscs = qdiscsOf(found);
    const grown = qdiscs.filter(({ now, rise }) => rise > 0 && now.kind !== "noqueue");
    const leaf = grown.sort((a, b) => b.rise - a.rise)[0] ??
      qdiscs.find(({ now }) =>
        now.kind !== "noqueue" && now.kind !== "clsact" && now.kind !== "ingress"
      );
    if (leaf && /\bloss\b/.test(leaf.now.text) && leaf.now.kind === "netem") {
      return cause(
        "traffic-control-drop",
        "likely",
        `netem on ${place(found)} is set to lose packets: ${leaf.now.text}`,
        [eventEvidence(found), stateEvidence(found.node, leaf.now.text)],
        [command(found.node, found.netns, `tc qdisc del dev ${shell(found.device)} root`)],
      );
    }
    if (leaf?.now.kind === "blackhole") {
      return cause(
        "traffic-control-drop",
        grown.length === 1 ? "proven" : "likely",
        `the qdisc of ${place(found)} drops everything: ${leaf.now.text}`,
        [eventEvidence(found), stateEvidence(found.node, leaf.now.text)],
        [command(found.node, found.netns, `tc qdisc del dev ${shell(found.device)} root`)],
      );
    }
    const what = leaf ? `${leaf.now.kind} ${leaf.now.handle}` : "the queue";
    return cause(
      "queue-overflow",
      "proven",
      `${what} at ${place(found)} had no room${
        leaf && leaf.rise > 0 ? ` (${leaf.rise} packets dropped by it while watched)` : ""
      }`,
      [
        eventEvidence(found),
        ...(leaf
          ? [
            stateEvidence(
              found.node,
              `${leaf.now.text}; ${leaf.now.drops} drops${
                leaf.now.limit ? `, limit ${leaf.now.limit}` : ""
              }`,
            ),
          ]
          : []),
      ],
      [command(found.node, found.netns, `tc -s qdisc show dev ${shell(found.device)}`)],
    );
  },
};

function qdiscsOf(found: Case): { now: Qdisc; rise: number }[] {
  const snapshots = found.node.states.get(found.netns ?? -1) ?? [];
  const now = snapshots.at(-1)?.state.qdiscs.filter((qdisc) => qdisc.device === found.device) ?? [];
  const first = snapshots[0]?.state.qdiscs ?? [];
  return now.map((qdisc) => {
    const before = first.find((other) =>
      other.device === qdisc.device && other.handle === qdisc.handle &&
      other.parent === qdisc.parent
    );
    return { now: qdisc, rise: qdisc.drops - (before?.drops ?? 0) };
  });
}

export const queueRules: Rule[] = [trafficControl, xdp, queueOverflow];
