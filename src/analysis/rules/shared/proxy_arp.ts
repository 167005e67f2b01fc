/** Hosts that answer ARP for others (`proxy_arp`). */
import type { NetnsState } from "../../../event/state.ts";
import { lookUpRoute, routeText } from "../../view/routing.ts";
import { ownsAddress, stateAt, sysctl } from "../../view/state_view.ts";
import type { Sighting } from "../../view/timeline.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { placeOf, stateEvidence } from "../evidence.ts";
import { named } from "../word.ts";
import type { Asked } from "./asked.ts";
import { cameBy } from "./question_on_the_way.ts";

/** The setting by which it answers for the address on this device, and the route that it has for it. */
export function answersFor(state: NetnsState, device: string, hop: string) {
  const setting = ["all", device].map((name) => `net.ipv4.conf.${name}.proxy_arp`)
    .find((name) => sysctl(state, name) === "1");
  if (setting === undefined || hop.includes(":") || ownsAddress(state, hop)) return null;
  const { route } = lookUpRoute(state, { destination: hop });
  return route?.type === "unicast" && route.device !== undefined && route.device !== device
    ? { setting, route: routeText(route) }
    : null;
}

/**
 * A host had the question that answers for the address, and does not forward what comes in by that device: then
 * it does not answer either (`arp_process`, Linux 5.10 to 7.2). Likely, for another one may have been meant to.
 * `questions` are those of who asks.
 */
export function keptByProxy(
  subject: Case,
  hop: string,
  questions: readonly Sighting[],
): Asked | null {
  const isHere = (event: Sighting) => event.node === subject.node && event.netns === subject.netns;
  for (const came of questions.toReversed()) {
    const { node, netns, device: by } = came;
    if (came.kind !== "device-rx" || by === undefined || isHere(came)) continue;
    const state = stateAt(node, netns, came.at);
    const off = `net.ipv4.conf.${by}.forwarding`;
    if (state === null || sysctl(state, off) !== "0") continue;
    const answers = answersFor(state, by, hop);
    if (answers === null) continue;
    const where = placeOf(node, netns, by);
    return {
      code: "ip-forwarding-disabled",
      confidence: "likely",
      text:
        `; the question came to ${where}, which answers for it (${answers.setting} is 1, and its route ` +
        `leads elsewhere) only where it forwards what comes in there: ${off} is 0`,
      evidence: [
        cameBy(hop, came),
        stateEvidence(node, `${answers.setting} = 1`),
        stateEvidence(node, `route ${answers.route}`),
        stateEvidence(node, `${off} = 0`),
      ],
      remedy: command(node, netns, ["sysctl", named(off)]),
    };
  }
  return null;
}
