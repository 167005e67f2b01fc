/** A filter of tc that gave a packet another destination as it came in. */
import type { TrafficControlFilter } from "../../../event/state.ts";
import { lookUpRoute } from "../../view/routing.ts";
import { acceptsAddress } from "../../view/state_view.ts";
import type { Case } from "../case.ts";
import { wireDestination } from "../evidence.ts";
import { queryOf } from "./tables.ts";
import { translationsOf } from "./translated_at.ts";

/** Actions that write into a packet. */
const WRITING: ReadonlySet<string> = new Set(["nat", "pedit"]);

/** What a packet was for when it came, and the filter that wrote another destination. */
export interface Rewritten {
  from: string;
  filter: TrafficControlFilter;
}

/**
 * A packet that came for an address of this namespace and was given one that nobody here has, which the tables
 * look for where it came from. To forward it would send it back: the filter is what is wrong. Null where the
 * new address is behind another device, because then to forward may be what is missing.
 */
export function rewrittenByFilter(subject: Case): Rewritten | null {
  const { before, after, device, judgement, node, netns } = subject;
  const last = translationsOf(judgement).at(-1);
  if (!before || last === undefined || last.node !== node || last.netns !== netns) return null;
  const [from, to] = [last.from.destination, last.to.destination];
  if (from === to || to !== wireDestination(subject.event) || !acceptsAddress(before, from)) {
    return null;
  }
  const { route } = lookUpRoute(before, queryOf(subject));
  if (route !== null && route.device !== device) return null;
  const writes = [before, after].flatMap((state) => state?.filters ?? []).find((one) =>
    one.device === device && one.where === "ingress" &&
    one.actions.some(({ kind }) => WRITING.has(kind)) && one.text.split(/[ /]/).includes(to)
  );
  return writes === undefined ? null : { from, filter: writes };
}
