/// <reference lib="dom" />
/** Whether a problem still is, in a line that ticks while the incident goes on. */
import type { Problem } from "../../event/report.ts";
import { label } from "../../words/escape.ts";
import { mendedText } from "../../words/mended.ts";
import { nodesNowMs } from "../state/clock.ts";
import { began } from "../state/told.ts";
import { preciseHere, preciseSpanHere } from "./precise.ts";
import { timeOfDayHere } from "./writing.ts";

/** `✓ healed 20:20:39, last drop 14 s ago · 22 delivered since`. Only this text is drawn each second. */
export function Mended({ problem }: { problem: Problem }) {
  const from = began.value;
  const { firstAt, lastAt, healedAt } = problem;
  const healed = healedAt === undefined ? "" : `, healed ${preciseHere(healedAt)}`;
  return (
    <span title={`${label(`failed ${preciseSpanHere(firstAt, lastAt)}${healed}`, 200)}`}>
      {mendedText(problem, {
        time: (timeOfDay) => timeOfDayHere(timeOfDay, from),
        nowMs: nodesNowMs.value,
      })}
    </span>
  );
}
