/** A flow, as reports and rules know it. */
import type { Form } from "../correlate/identity.ts";
import type { Judgement } from "./judgement.ts";

/** One direction of a conversation: the packets that were sent in one form. */
export interface FlowGroup {
  /** As `flowId` spells it. */
  id: string;
  /** The form its packets were sent in. */
  form: Form;
  /** Its place among all flows: those that were only seen translated come last, else by id. */
  order: string;
  packets: Judgement[];
  /** Every form its packets had, by key. */
  forms: Map<string, Form>;
  /** The flow that this one answers. */
  request?: FlowGroup;
  /** The flow that answers this one. */
  reply?: FlowGroup;
  /** Another flow that this one's answers were joined to: one of the two is the other, translated. */
  rival?: FlowGroup;
}
