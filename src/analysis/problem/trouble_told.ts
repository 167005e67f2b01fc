/** What is told of a trouble, whether it is just found or kept. Rule P1. */
import type { ExchangeOutcome, Outcome } from "../../event/codes.ts";
import type { Cause, End, PacketCounts } from "../../event/report.ts";
import type { CountedLoss } from "./counted_loss.ts";
import type { Place } from "./place.ts";

/** Who asked whom, and which way the packets went that failed. */
export interface Towards {
  protocol: string;
  client: string;
  to: End;
  direction: "question" | "answer";
}

/** A flow, or an exchange, that failed of one cause at one place. */
export interface TroubleTold extends Towards {
  outcome: Outcome | ExchangeOutcome;
  cause?: Cause;
  /** Text of the gap that makes it `unknown`. */
  gap?: string;
  place: Place;
  /** The flow that shows it. */
  flow: string;
  /** Packets of that flow, as the report has them. */
  packets: PacketCounts;
  /** Its place among those that were found together with it. */
  nth: number;
  /** When it failed, as `at` of the place's node, in the order of time; at least one. */
  failedAt: number[];
  /** Only counts show it; absent: packets do. */
  counted?: CountedLoss;
}

/** A flow that knows why speaks for its exchange, which says only that no answer came. */
export function speaksFor(
  { cause }: Pick<TroubleTold, "cause">,
  told: Pick<TroubleTold, "cause"> | undefined,
): boolean {
  const known = told?.cause?.code;
  return known === undefined || known === cause?.code;
}
