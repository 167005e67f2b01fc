/** Whether silence proves that no answer was sent. */
import { DEVICE_SCRIPTS, DROP_SCRIPTS, gapOf } from "../view/coverage.ts";
import type { Gap } from "../../event/gaps.ts";
import type { Judgement } from "../verdict/judgement.ts";

/** An answer that the kernel or a waiting program gives comes within this time, ns. */
const ANSWER_NS = 900e6;

/**
 * [X3] Why the silence after a delivered packet is no proof that its host sent no answer: the host's
 * transmissions and drops must have been watched without loss, and for long enough. Null when it is.
 */
export function answerGap({ end }: Judgement): Gap | null {
  const { event } = end.step;
  const gap = gapOf(event.node, [...DEVICE_SCRIPTS, ...DROP_SCRIPTS]);
  if (gap) return gap;
  if (event.node.untilAt - event.at > ANSWER_NS) return null;
  const ms = Math.round((event.node.untilAt - event.at) / 1e6);
  return { code: "trace-ended", text: `the trace ended ${ms} ms after the question had arrived` };
}
