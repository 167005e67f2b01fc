/** Words for what became of packets, and for what a hop did to one. */
import type { ExchangeOutcome, Outcome } from "../event/codes.ts";
import type { Hop, PacketCounts } from "../event/report.ts";

const OUTCOMES: Record<Outcome, string> = {
  dropped: "dropped",
  vanished: "vanished",
  unanswered: "unanswered",
  unknown: "unknown",
  "in-flight": "in flight",
  delivered: "delivered",
};

const EXCHANGES: Record<ExchangeOutcome, string> = {
  "mis-answered": "mis-answered",
  broken: "broken",
  unanswered: "unanswered",
  refused: "refused",
  slow: "slow",
  unknown: "unknown",
  "in-flight": "in flight",
  answered: "answered",
};

/** Word for what came of an exchange. Undefined for one that only a newer ingest knows. */
export const EXCHANGE_WORDS: Partial<Record<string, string>> = EXCHANGES;

const STAGES: Record<Hop["stage"], string> = {
  "device-tx": "sent",
  "device-rx": "received",
  "bridge-forward": "bridged",
  "ip-forward": "routed",
  translate: "translated",
  encapsulate: "encapsulated",
  decapsulate: "decapsulated",
  deliver: "delivered",
  drop: "dropped",
};

/** Word for an outcome. Undefined for one that only a newer ingest knows. */
export const OUTCOME_WORDS: Partial<Record<string, string>> = OUTCOMES;

/** Word for what happened at a hop, by its stage. Undefined for a stage of a newer ingest. */
export const STAGE_WORDS: Partial<Record<string, string>> = STAGES;

/** Word for each count of a flow's packets. */
export const COUNT_WORDS: Record<keyof PacketCounts, string> = {
  seen: "seen",
  delivered: "delivered",
  dropped: "dropped",
  vanished: "vanished",
  unknown: "unknown",
  inFlight: "in flight",
};
