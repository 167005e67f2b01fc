/** How much of the truth the reports told: by packets, over many seeds. */
import type { Report } from "../../src/event/report.ts";
import { truthOf } from "./check_wrong.ts";
import { isUnsent, pairs } from "./match.ts";
import type { Run } from "./run.ts";
import type { Scenario } from "./scenario.ts";
import type { TruePacket } from "./truth.ts";

export interface Tally {
  /** That a kernel with a probe had before the trace ended. */
  packets: number;
  right: number;
  /** `unknown`, and so it must be: it ended where no probe is, or the trace did before it. */
  beyond: number;
  unknown: number;
  wrong: number;
}

export const EMPTY: Tally = { packets: 0, right: 0, beyond: 0, unknown: 0, wrong: 0 };

/** Right up to the true number of each outcome; what is more than that is wrong. */
export function tally({ scenario, report }: Pick<Run, "scenario"> & { report: Report }): Tally {
  const total = { ...EMPTY };
  const seen = seenPackets(scenario);
  for (const pair of pairs(scenario, report).pairs) {
    const truth = truthOf(pair);
    const packets = pair.truth.packets.filter((packet) => seen.has(packet));
    const flows = pair.told.filter((flow) => !isUnsent(flow));
    const resized = pair.truth.packets.some((packet) => packet.resized);
    let right = 0;
    for (const outcome of ["delivered", "dropped", "vanished"] as const) {
      const told = Math.max(0, ...flows.map((flow) => flow.packets[outcome]));
      right += Math.min(told, truth[outcome]);
      if (!resized || truth[outcome] === 0) total.wrong += Math.max(0, told - truth[outcome]);
    }
    right = Math.min(right, packets.length);
    const hidden = packets.filter((packet) => isBeyond(packet, scenario.endAt)).length;
    const beyond = Math.min(hidden, packets.length - right);
    total.packets += packets.length;
    total.right += right;
    total.beyond += beyond;
    total.unknown += packets.length - right - beyond;
  }
  return total;
}

function seenPackets({ emissions }: Scenario): Set<TruePacket> {
  const probed = emissions.filter(({ netns }) => netns.node.probed);
  return new Set(probed.map(({ packet }) => packet));
}

/** Younger than this when the trace ends, a packet may still be on its way. */
const TRAVEL_NS = 200e6;

const isBeyond = ({ fate, place, flow, takenBy, endedAt }: TruePacket, endAt: number) =>
  fate === "waiting" || endedAt > endAt - TRAVEL_NS ||
  !(fate === "delivered" ? takenBy ?? flow.to : place!.netns).node.probed ||
  (fate === "lost" && place!.wire!.ports.some(({ netns }) => !netns.node.probed));

export function add(a: Tally, b: Tally): Tally {
  const sum = { ...EMPTY };
  for (const key of Object.keys(sum) as (keyof Tally)[]) sum[key] = a[key] + b[key];
  return sum;
}

/** One line of the table. */
export function row(name: string, { packets, right, beyond, unknown, wrong }: Tally): string {
  const share = (n: number) => `${(100 * n / Math.max(1, packets)).toFixed(2)} %`.padStart(9);
  return `${name.padStart(10)} ${String(packets).padStart(9)} ${share(right)} ${share(beyond)} ${
    share(unknown)
  } ${String(wrong).padStart(6)}`;
}

export const TABLE_HEAD = " of events   packets     right    beyond   unknown  wrong";
