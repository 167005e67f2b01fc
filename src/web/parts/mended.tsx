/// <reference lib="dom" />
/** Whether a problem still is, in a line that ticks while the incident goes on. */
import type { Problem } from "../../event/report.ts";
import { mendedText } from "../../words/mended.ts";
import { nodesNowMs } from "../state/clock.ts";
import { told } from "../state/model.ts";
import { timeOfDayHere } from "./writing.ts";

/** `✓ healed 20:20:39, last drop 14 s ago · 22 delivered since`. Only this text is drawn each second. */
export function Mended({ problem }: { problem: Problem }) {
  const { from } = told.value;
  return mendedText(problem, {
    time: (timeOfDay) => timeOfDayHere(timeOfDay, from),
    nowMs: nodesNowMs.value,
  });
}
