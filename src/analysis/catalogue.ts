/** All outcomes and causes as people are told of them: what `lasthop explain` and the page show. */
import { OUTCOME_TEXTS } from "./outcomes.ts";
import { CAUSE_TEXTS } from "./rules/causes.ts";

/** An outcome or a cause; its texts are Markdown, one paragraph each. */
export interface Entry {
  code: string;
  kind: "outcome" | "cause";
  /** What it says of a packet. */
  means: string;
  /** What that rests on. */
  knows: string;
  /** What whoever reads it does next. */
  remedy: string;
}

/** Every outcome, then every cause, in the order of docs/causes.md. */
export const CATALOGUE: readonly Entry[] = [
  ...OUTCOME_TEXTS.map(({ outcome, means, knows, remedy }): Entry => ({
    ...{ code: outcome, kind: "outcome", means, knows, remedy },
  })),
  ...CAUSE_TEXTS.map(({ code, means, knows, remedy }): Entry => ({
    ...{ code, kind: "cause", means, knows, remedy },
  })),
];
