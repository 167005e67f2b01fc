/** Answers to a question for a link address that died on their way to who asked. */
import { isAnothersFrame } from "../../kernel/frees.ts";
import type { Evidence } from "../../../event/report.ts";
import type { Owner } from "../../view/state_view.ts";
import type { Sighting } from "../../view/timeline.ts";
import type { Case } from "../case.ts";
import { placeOf } from "../evidence.ts";
import type { Asked } from "./asked.ts";
import { freedText, whyDied } from "./aside_death.ts";

/**
 * The holder answered, and its answer was freed: by its own queue or rules before it left, or where it came on its
 * way. What a bridge floods of it to others, and they free as another's, is no loss. Null where none was freed so.
 */
export function answerDied(
  subject: Case,
  { node, netns }: Owner,
  question: Sighting,
  answers: readonly Sighting[],
  reached: string,
  seen: Evidence,
): Asked | null {
  const isOwn = (event: Sighting) => event.node === node && event.netns === netns;
  const free = answers.findLast((event) =>
    event.kind === "drop" && !isAnothersFrame(event) &&
    (event.node !== question.node || event.at > question.at)
  );
  if (!free) return null;
  const came = isOwn(free)
    ? free
    : answers.findLast((event) =>
      event.kind === "device-rx" && event.node === free.node && event.skb === free.skb &&
      event.at <= free.at
    ) ?? free;
  const why = whyDied(subject, came, free);
  const where = placeOf(free.node, free.netns, free.device ?? came.device ?? "");
  return {
    text: `${reached} and answered; the answer died at ${where}: ${
      why?.text ?? `it was freed in ${freedText(free)}`
    }`,
    ...(why?.code === undefined ? {} : { code: why.code }),
    ...(why?.confidence === undefined ? {} : { confidence: why.confidence }),
    evidence: [
      seen,
      {
        node: free.node.name,
        kind: "event",
        text: `the answer was freed in ${freedText(free)} at ${where}`,
      },
      ...why?.evidence ?? [],
    ],
    remedy: why?.remedy ?? [],
  };
}
