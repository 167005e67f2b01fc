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

/** Worst first: the order of exchanges in a report. */
export const EXCHANGE_OUTCOMES = [
  "mis-answered",
  "broken",
  "unanswered",
  "refused",
  "slow",
  "unknown",
  "in-flight",
  "answered",
] as const;

/** What came of a question: a connection, an echo, the UDP packets of one client's port. */
export type ExchangeOutcome = typeof EXCHANGE_OUTCOMES[number];

/** Outcomes of flows and of exchanges, each word once. */
export const ALL_OUTCOMES: readonly (Outcome | ExchangeOutcome)[] = [
  ...new Set([...OUTCOMES, ...EXCHANGE_OUTCOMES]),
];

/** How bad a problem is, worst first. */
export const SEVERITIES = ["critical", "major", "minor", "unknown"] as const;
