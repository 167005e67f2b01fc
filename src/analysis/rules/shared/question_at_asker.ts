/** A question for a link address (ARP, neighbour discovery) that died where it was made. */
import type { Sighting } from "../../view/timeline.ts";
import type { Case } from "../case.ts";
import { placeOf } from "../evidence.ts";
import { freedText, whyDied } from "./aside_death.ts";
import type { Asked } from "./asked.ts";

/** A kernel asks three times, a second apart, before it gives up, ns. */
const ASKING_NS = 4e9;

/**
 * The device of this name sent none of the questions that its kernel made, and was seen to have refused
 * them: its queue, or a rule. Null where one left it, which an owner may have got. `questions` are
 * those of the device that asks.
 */
export function diedAtAsker(
  subject: Case,
  hop: string,
  name: string,
  questions: readonly Sighting[],
): Asked | null {
  const { node, netns, event: { at } } = subject;
  const own = questions.filter((question) =>
    question.node === node && question.netns === netns && question.device === name &&
    question.at <= at && question.at > at - ASKING_NS
  );
  const free = own.findLast(({ kind }) => kind === "drop");
  if (free === undefined || own.some(({ kind }) => kind === "device-tx")) return null;
  const why = whyDied(subject, free, free);
  const place = placeOf(node, netns, name);
  return {
    text: `no question for ${hop} left ${place}: ${why?.text ?? `it died in ${freedText(free)}`}`,
    isUnsent: true,
    ...(why?.confidence === undefined ? {} : { confidence: why.confidence }),
    evidence: [
      { node: node.name, kind: "event", text: `the question was freed in ${freedText(free)}` },
      ...why?.evidence ?? [],
    ],
    remedy: why?.remedy ?? [],
  };
}
