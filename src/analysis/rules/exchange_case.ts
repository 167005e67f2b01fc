/** What a rule about an exchange is given. */
import type { Cause } from "../../event/report.ts";
import type { Exchange } from "../exchange/exchange.ts";
import type { World } from "../verdict/judgement.ts";
import type { RuleText } from "./rule.ts";
import type { Asides } from "../view/evidence.ts";

/** An exchange that did not simply get its answer, or whose packets may tell more of it. */
export interface ExchangeCase {
  exchange: Exchange;
  world: World;
  /** Sightings of other things on all nodes: lookups, ICMP errors, neighbours. */
  evidence: Asides;
}

/** A rule about an exchange: why it failed or was slow, or what else is to be known of it. */
export interface ExchangeRule extends RuleText {
  /** The finding, or null when the rule has nothing to say of this exchange. */
  find(subject: ExchangeCase): Omit<Cause, "rule"> | null;
}
