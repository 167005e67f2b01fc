/** When a packet ended, and what else was seen of it: what tells who was there then. */
import type { Then } from "../../view/presence.ts";
import { copiesOf } from "../../verdict/flooded.ts";
import type { Case } from "../case.ts";

/** The moment that a case is about. */
export const thenOf = ({ event, judgement }: Pick<Case, "event" | "judgement">): Then => ({
  event,
  copies: () => copiesOf(judgement.packet),
});
