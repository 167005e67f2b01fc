/** A flow in one line that is never wrapped: for logs and for lists. */
import type { Flow } from "../../event/report.ts";
import { flowName } from "../../words/ends.ts";
import { lookOf, type RenderOptions } from "./look.ts";
import { boldStyleOf, countsText, markOf, outcomeWord, placeText } from "./words.ts";

/** `✕ dropped  icmp 10.0.0.1 → 10.0.0.2 id 7, all 5 packets, at eth0 in pod on a: no-route`. */
export function renderFlowLine(flow: Flow, options: RenderOptions): string {
  const look = lookOf(options);
  const { outcome, cause } = flow;
  const head = `${markOf(outcome, look)} ${outcomeWord(outcome)}`;
  const reply = flow.replyOf === undefined ? "" : `${look.glyph.reply} reply `;
  const counts = countsText(flow);
  const where = outcome === "delivered" ? "" : `, at ${placeText(flow.lastHop, look)}`;
  const why = cause === undefined ? "" : `: ${cause.code}`;
  return `${look.paint(boldStyleOf(outcome), head)}  ${reply}${flowName(flow, look)}, ` +
    `${counts}${where}${why}`;
}
