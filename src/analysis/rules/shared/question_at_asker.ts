/** A question for a link address (ARP, neighbour discovery) that died where it was made. */
import type { Sighting } from "../../view/timeline.ts";
import type { Case } from "../case.ts";
import { placeOf } from "../evidence.ts";
import { freedText, whyDied } from "./aside_death.ts";
import type { Asked } from "./asked.ts";

/** A tunnel's device frees what it can't send at once, ns. */
const SENDING_NS = 10e6;

/** The device was handed it, and did not send it: it died there in the same memory. */
const isEndOf = (sent: Sighting, { skb, at }: Sighting): boolean =>
  skb === sent.skb && at >= sent.at && at - sent.at < SENDING_NS;

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
  const sent = own.filter(({ kind }) => kind === "device-tx");
  const freed = own.filter(({ kind }) => kind === "drop").reverse();
  const [free] = freed;
  const died = (question: Sighting) => freed.some((each) => isEndOf(question, each));
  if (free === undefined || !sent.every(died)) return null;
  // They died alike; what explains it may have been told of one and not of another.
  const why = freed.map((each) =>
    whyDied(subject, sent.find((question) => isEndOf(question, each)) ?? each, each)
  ).find((found) => found !== null);
  const place = placeOf(node, netns, name);
  return {
    text: `no question for ${hop} left ${place}: ${why?.text ?? `it died in ${freedText(free)}`}`,
    isUnsent: true,
    ...(why?.code === undefined ? {} : { code: why.code }),
    ...(why?.confidence === undefined ? {} : { confidence: why.confidence }),
    evidence: [
      { node: node.name, kind: "event", text: `the question was freed in ${freedText(free)}` },
      ...why?.evidence ?? [],
    ],
    remedy: why?.remedy ?? [],
  };
}
