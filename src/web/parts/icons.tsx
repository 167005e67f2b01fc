/// <reference lib="dom" />
/** One shape for each outcome, so that they can be told apart without colour: 16 × 16 units. */

const SHAPES: Record<string, { outline: string; sign: string; dashed?: boolean }> = {
  dropped: {
    outline: "M5.2 1.2h5.6l4 4v5.6l-4 4H5.2l-4-4V5.2z",
    sign: "m5.2 5.2 5.6 5.6m0-5.6-5.6 5.6",
  },
  vanished: { outline: "M8 1.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13z", sign: "", dashed: true },
  unanswered: { outline: "M1.5 3h13v8.2h-7L4 14.4v-3.2H1.5z", sign: "M5 7.1h.01m3 0h.01m3 0h.01" },
  unknown: {
    outline: "M8 .9 15.1 8 8 15.1.9 8z",
    sign: "M6.4 6.4c.2-1.6 3-1.6 3 .1 0 1.2-1.4 1.2-1.4 2.4m0 1.9v.01",
  },
  "in-flight": { outline: "M2.5 2.2 14 8 2.5 13.8 5 8z", sign: "" },
  delivered: {
    outline: "M8 1.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13z",
    sign: "m5 8.2 2.1 2.1 4-4.4",
  },
};

const EXCHANGE_LOOKS: Record<string, string> = {
  "mis-answered": "dropped",
  broken: "dropped",
  refused: "dropped",
  unanswered: "unanswered",
  slow: "in-flight",
  "in-flight": "in-flight",
  answered: "delivered",
};

/** The outcome of a packet whose shape and colour stand for what came of a question. */
export const exchangeLook = (outcome: string): string => EXCHANGE_LOOKS[outcome] ?? "unknown";

/** The same of an outcome of either. */
export const lookOf = (outcome: string): string =>
  outcome in SHAPES ? outcome : exchangeLook(outcome);

const known = (outcome: string) => outcome in SHAPES ? outcome : "unknown";

/** The shape of an outcome; that of `unknown` for one that a newer ingest knows. */
export function OutcomeIcon({ outcome }: { outcome: string }) {
  const { outline, sign, dashed } = SHAPES[known(outcome)]!;
  return (
    <svg class={`icon o-${known(outcome)}`} viewBox="0 0 16 16" aria-hidden="true">
      <path class={dashed ? "outline dashed" : "outline"} d={outline} />
      <path class="sign" d={sign} />
    </svg>
  );
}
