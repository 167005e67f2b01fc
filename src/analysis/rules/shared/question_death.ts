/** A question for a link address (ARP, neighbour discovery) that a kernel freed, and why. */
import type { Evidence } from "../../../event/report.ts";
import { isNetfilterDrop } from "../../kernel/netfilter.ts";
import { findingOf } from "../../netfilter/choose.ts";
import { suspectEvidence, suspectText } from "../../netfilter/words.ts";
import { linkOf, stateAfter, stateAt } from "../../view/state_view.ts";
import type { Sighting } from "../../view/timeline.ts";
import type { Case } from "../case.ts";
import type { Asked } from "./asked.ts";
import { refusalRemedy } from "./refusal_remedy.ts";

/** A question that was freed is judged as a packet is: by the rules as read where it died. */
export function died(
  subject: Case,
  question: Sighting,
  free: Sighting,
  reached: string,
  seen: Evidence,
): Asked {
  const reason = free.reason ? ` (${free.reason})` : "";
  const where = `${free.function ?? "an unnamed function"}${reason}`;
  const freed: Evidence = { node: free.node.name, kind: "event", text: `it was freed in ${where}` };
  const plain = { text: `${reached}, and died there in ${where}`, evidence: [seen, freed] };
  if (!isNetfilterDrop(free)) return { ...plain, remedy: [] };
  const there = caseOfQuestion(subject, question, free);
  const { named, state, around } = findingOf(there);
  if (!named) return { ...plain, remedy: [] };
  return {
    text: `${reached}, and died there: ${suspectText(named)} dropped it`,
    evidence: [seen, freed, ...suspectEvidence(there, named, around)],
    remedy: refusalRemedy(there, named, state),
  };
}

/** The question's own death, in the form that rules are asked in. It is no packet of a flow. */
function caseOfQuestion(subject: Case, question: Sighting, free: Sighting): Case {
  const { chain } = subject.judgement.end.step;
  const came = { event: question, chain, previous: null };
  const step = { event: free, chain, previous: came };
  const { node, at } = free;
  const netns = free.netns ?? question.netns;
  const before = stateAt(node, netns, at);
  return {
    ...subject,
    judgement: {
      ...subject.judgement,
      steps: [came, step],
      end: { kind: "dropped", step, atDestination: true },
      outcome: "dropped",
    },
    ...{ event: free, node, netns, before, after: stateAfter(node, netns, at) },
    ...{ device: free.device ?? question.device ?? "", ifindex: free.ifindex ?? question.ifindex },
    link: linkOf(before, free.ifindex ?? question.ifindex),
  };
}
