/** Hosts that answer ARP for others (`proxy_arp`). */
import type { NetnsState } from "../../../event/state.ts";
import { contains } from "../../view/address.ts";
import { lookUpRoute, routeText } from "../../view/routing.ts";
import { isIncomplete, ownsAddress, stateAt, sysctl } from "../../view/state_view.ts";
import type { Sighting } from "../../view/timeline.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { placeOf, stateEvidence } from "../evidence.ts";
import { named } from "../word.ts";
import type { Asked } from "./asked.ts";
import { peerOf } from "./peer.ts";
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

/**
 * Nobody has the address, and the only other end of the asker's cable had the question: the host there is the one
 * that would have to answer for it, as a node does for the gateway of its pods (169.254.1.1). Likely, for that end may
 * be meant to have the address instead.
 *
 * What else looks like it: a port of a bridge, behind which others are (of that nothing is said); an address of IPv6,
 * for which a proxy has entries of its own.
 */
export function notProxied(
  subject: Case,
  hop: string,
  name: string,
  questions: readonly Sighting[],
): Asked | null {
  const { node: own, netns: from, before, world } = subject;
  const link = before?.links.find((each) => each.name === name);
  const peer = link?.kind === "veth" ? peerOf(world.nodes, own, from, link) : null;
  if (!peer || peer.link.masterIfindex !== undefined || hop.includes(":")) return null;
  // A neighbour in the device's own network answers for itself, or is missing.
  const isInOwn = [link!, peer.link].some(({ addresses }) =>
    addresses.some(({ address, prefix }) => contains(`${address}/${prefix}`, hop))
  );
  if (isInOwn) return null;
  const { node, netns } = peer;
  const by = peer.link.name;
  const came = questions.findLast((event) =>
    event.kind === "device-rx" && event.node === node && event.netns === netns &&
    event.ifindex === peer.link.ifindex
  );
  const state = came ? stateAt(node, netns, came.at) : null;
  if (!came || !state || isIncomplete(state, ["routes", "rules"])) return null;
  const settings = ["all", by].map((each) => `net.ipv4.conf.${each}.proxy_arp`);
  const on = settings.find((each) => sysctl(state, each) === "1");
  const { route, certain } = lookUpRoute(state, { destination: hop });
  const away = route?.type === "unicast" && route.device !== by;
  if ((on !== undefined && away) || !certain || ownsAddress(state, hop)) return null;
  const why = on === undefined
    ? `${settings[1]} is ${sysctl(state, settings[1]!) ?? "not known"}`
    : `${on} is 1, and it has no route to ${hop} by another device, without which it answers for nobody`;
  return {
    confidence: "likely",
    text:
      `; the question reached ${
        placeOf(node, netns, by)
      }, the other end of its cable, which has not ` +
      `${hop} and does not answer for it: ${why}`,
    evidence: [
      cameBy(hop, came),
      stateEvidence(subject.node, `no probed node has address ${hop}`),
      stateEvidence(node, on === undefined ? `${settings.join(" and ")} are 0` : `${on} = 1`),
    ],
    remedy: command(node, netns, ["sysctl", named(on ?? settings[1]!)]),
  };
}
