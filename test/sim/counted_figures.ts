/** [S21] Figures of a flow that are counted, against the truth. */
import { equal, ok } from "node:assert/strict";
import type { FlowCount } from "../../src/event/flow_count.ts";
import type { Report } from "../../src/event/report.ts";

/** What became of all packets of a flow, from when counting began. */
export interface TrueFigures {
  /** At its first place, and at its last one, up to the end of watching. */
  seen: number;
  arrived: number;
  /** Between places; some of it after the last reading. */
  lost: number;
  /** Of these were told to be dropped; absent: none. */
  dropped?: number;
  /** None is under way, and none came after the last reading. */
  isOver: boolean;
  /** So many drops may not have been told; absent: none. */
  dropsUntold?: number;
}

/** Throws where a figure that is counted is not so; whether they are counted. */
export function checkFigures({ flows: [flow] }: Report, truth: TrueFigures, told: string): boolean {
  if (flow === undefined) return false;
  const { basis, seen, ...fates } = flow.packets;
  equal(Object.values(fates).reduce((sum, one) => sum + one, 0), seen, told);
  equal(flow.counted?.traced !== undefined, basis === "counted", told);
  equal(basis === undefined, flow.counted === undefined, told);
  if (basis !== "counted") return false;
  const { delivered, dropped, vanished, unknown, inFlight } = fates;
  const all = JSON.stringify([flow.packets, truth]);
  const died = truth.dropped ?? 0;
  const gone = truth.lost - died;
  ok(seen <= truth.seen && delivered <= truth.arrived && vanished <= gone, `${told}: ${all}`);
  ok(dropped <= died, `${told}: ${all}`);
  // Of a flow that was on its way before it is told of most of its packets, and all drops.
  if (isSinceThen(flow.counted)) {
    ok(seen >= truth.seen * 0.6, `${told}: ${all}`);
    return true;
  }
  // Where runs were left out not all is known.
  if (!truth.isOver || flow.counted?.lostAtMost !== undefined) return true;
  const untold = truth.dropsUntold ?? 0;
  if (untold > 0) {
    equal(seen, truth.seen, all);
    ok(delivered >= truth.arrived - untold && vanished >= gone - untold, `${told}: ${all}`);
    return true;
  }
  const exact = [truth.seen, truth.arrived, gone, died, 0];
  const said = [seen, delivered, vanished, dropped, unknown + inFlight];
  equal(said.join(), exact.join(), `${told}: ${all}`);
  return true;
}

/** Figures are of all packets since some were on their way. */
export const isSinceThen = (counted: FlowCount | undefined): boolean =>
  counted?.atLeast === undefined && counted?.sentence.startsWith("Counted since") === true;
