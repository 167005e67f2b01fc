/** How much of the truth the reports told: by packets, over many seeds. */
import type { Report } from "../../src/event/report.ts";
import { truthOf } from "./check_wrong.ts";
import { pairs } from "./match.ts";
import type { Run } from "./run.ts";

export interface Tally {
  packets: number;
  right: number;
  unknown: number;
  wrong: number;
}

export const EMPTY: Tally = { packets: 0, right: 0, unknown: 0, wrong: 0 };

/** Right up to the true number of each outcome; what is beyond it is wrong, the rest unknown. */
export function tally({ scenario, report }: Pick<Run, "scenario"> & { report: Report }): Tally {
  const total = { ...EMPTY };
  for (const pair of pairs(scenario, report).pairs) {
    const truth = truthOf(pair);
    const packets = pair.truth.packets.length;
    const resized = pair.truth.packets.some((packet) => packet.resized);
    let right = 0;
    for (const outcome of ["delivered", "dropped", "vanished"] as const) {
      const told = Math.max(0, ...pair.told.map((flow) => flow.packets[outcome]));
      right += Math.min(told, truth[outcome]);
      if (!resized || truth[outcome] === 0) total.wrong += Math.max(0, told - truth[outcome]);
    }
    total.packets += packets;
    total.right += right;
    total.unknown += packets - right;
  }
  return total;
}

export function add(a: Tally, b: Tally): Tally {
  return {
    packets: a.packets + b.packets,
    right: a.right + b.right,
    unknown: a.unknown + b.unknown,
    wrong: a.wrong + b.wrong,
  };
}

/** One line of the table. */
export function row(name: string, { packets, right, unknown, wrong }: Tally): string {
  const share = (n: number) => `${(100 * n / Math.max(1, packets)).toFixed(2)} %`.padStart(9);
  return `${name.padStart(10)} ${String(packets).padStart(9)} ${share(right)} ${share(unknown)} ${
    String(wrong).padStart(6)
  }`;
}

export const TABLE_HEAD = " of events   packets     right   unknown  wrong";
