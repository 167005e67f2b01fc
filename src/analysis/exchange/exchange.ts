/**
 * Room `exchange`, after `verdict`: what came of each question.
 *
 * A packet may arrive and the question still get no answer that counts. An exchange is a question and
 * what came of it: a TCP connection, the ICMP echoes of one id, the UDP packets of one client's port
 * to one server's. Its outcome rests on packets that were judged before. Rules X1 to X10.
 */
import type { ExchangeOutcome } from "../../event/codes.ts";
import type { Gap } from "../../event/gaps.ts";
import type { Form } from "../correlate/identity.ts";
import type { FlowGroup } from "../verdict/flows.ts";
import type { Judgement } from "../verdict/judgement.ts";
import type { Asides } from "../view/evidence.ts";
import type { NodeView, Sighting } from "../view/timeline.ts";

/** Flows of both directions that belong to one question. */
export interface Joined {
  question: FlowGroup;
  /** The flow that answers in the form asked, where there is one, then those joined by the client's end. */
  answers: FlowGroup[];
  /** The question as it arrived where something without a probe had translated it. */
  arrivedAs?: FlowGroup;
  /** Flows to the client's end that may be answers, and may be questions of others: not joined. */
  perhaps: FlowGroup[];
  /** Why an event may be missing on a node that saw a packet of it; null: none is. */
  missing: Gap | null;
  /** ICMP errors about a packet of the question that some probe saw, in the order of node and time. */
  errors: Sighting[];
  /** Where it is asked what else was seen. */
  evidence: Asides;
  /** All nodes, where it is asked who has an address. */
  network: readonly NodeView[];
}

/** Every flow that is joined in an exchange: the question, as it arrived, and its answers. */
export const joinedFlows = (
  { question, arrivedAs, answers }: Pick<Joined, "question" | "arrivedAs" | "answers">,
): FlowGroup[] => [question, ...(arrivedAs ? [arrivedAs] : []), ...answers];

/** An end of a connection that ended it, by where its reset came from. */
export type ResetBy =
  /** The client's own host. */
  | "client"
  /** A host that has the address that was asked, or the address it was translated to. */
  | "server"
  /** A probed host that has neither: a firewall between them answered. */
  | "between"
  /** It was first seen on its way; nobody watched where it was made. */
  | "unseen";

/** What the packets of both directions tell of an exchange. */
export interface Course {
  outcome: ExchangeOutcome;
  /** What happened, in words that follow "the question": one clause without a full stop. */
  story: string;
  /** Packets that died and explain the outcome, the best first; of the question or of an answer. */
  losses: Judgement[];
  /** Answers that reached the client in a form that it did not ask. */
  misdirected: Judgement[];
  /** The answer that came as asked; absent: none. */
  answeredBy?: Judgement;
  /** The reset that refused or ended it. */
  reset?: { packet: Judgement; by: ResetBy };
  /** The question arrived, nothing died on the way, and the server was seen to send nothing. */
  silent?: boolean;
  /** Why it is `unknown`. */
  gap?: Gap;
}

/** A question and what came of it, judged. */
export interface Exchange extends Joined, Course {
  /** The form of the question as it was sent: the client's end and the end that was asked. */
  form: Form;
}
