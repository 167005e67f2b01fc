/** Outcomes and cause codes: an interface, scripts switch on them. Meanings: `docs/causes.md`. */
export { CAUSE_CODES, type CauseCode } from "./cause_codes.ts";

/** Worst first: the order of flows in a report. */
export const OUTCOMES = [
  "dropped",
  "vanished",
  "unanswered",
  "unknown",
  "in-flight",
  "delivered",
] as const;

/** What became of a packet, and of a flow. */
export type Outcome = typeof OUTCOMES[number];
