/** What the end of a trace cut off. */
import { isTooYoung } from "../../event/gaps.ts";
import type { Cause } from "../../event/report.ts";
import type { Exchange } from "../exchange/exchange.ts";

/**
 * [P1] It was refused so shortly before the trace ended that who refused it was not watched any more: what
 * is known of those before it says more.
 */
export const isCutOff = ({ outcome, question }: Exchange, cause: Cause | undefined): boolean =>
  outcome === "refused" && cause === undefined &&
  question.packets.every(({ gap }) => isTooYoung(gap) || gap?.code === "watched-too-short");
