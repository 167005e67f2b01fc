/** An answer that leaves by another way than its question came. */
import type { NetnsState } from "../../../event/state.ts";
import { nextHopsBy } from "../../view/next_hops.ts";
import { isLost } from "../../exchange/losses.ts";
import type { Judgement } from "../../verdict/judgement.ts";
import { lookUpRoute, routeText } from "../../view/routing.ts";
import { netnsName } from "../../view/netns_names.ts";
import { linkOf, ownersOf, ownsAddress, stateAt } from "../../view/state_view.ts";
import type { NodeView, Sighting } from "../../view/timeline.ts";
import { packetText, stateEvidence } from "../evidence.ts";
import type { ExchangeRule } from "../exchange_case.ts";
import { cause } from "../rule.ts";

/**
 * A namespace that has both directions took the question in by one device and sent the answer out by
 * another, and the exchange failed.
 *
 * What else looks like it: two ways to one network are healthy by themselves, so this is said only of
 * an exchange that failed after its answer was sent; a bridge's ports, a tunnel that carries one
 * direction only, and a device with the one that its frames come by (a VLAN's, a macvlan's), which is all
 * that is seen of what comes in, are not two routes.
 */
export const asymmetricPath: ExchangeRule = {
  id: "R94",
  statement:
    "The exchange failed, and a namespace that routes both directions, or the host that was " +
    "asked, took the question in by one device and sent the answer out by another, or by the same one from " +
    "one watched node to another one, which is not the next hop's address come to a second host: " +
    "`asymmetric-path`, `likely`, with the route that chose it.",
  yields: ["asymmetric-path"],
  find({ exchange }) {
    if (exchange.outcome !== "unanswered" && exchange.outcome !== "mis-answered") return null;
    const questions = new Set(exchange.question.packets);
    const answer = exchange.misdirected[0] ?? exchange.losses.find((loss) => !questions.has(loss));
    const asked = exchange.question.packets.find((packet) => !isLost(packet));
    if (!answer || !asked) return null;
    for (const { event: out } of answer.steps) {
      // A packet that is freed while it waits for its next hop's address has its way out, too.
      const isOut = out.kind === "device-tx" || (out.kind === "drop" && out.device !== undefined);
      if (!isOut || out.tunnelKind !== undefined) continue;
      const into = cameInAt(asked, out.node, out.netns);
      if (!into || into.ttl === undefined) continue;
      const apart = waysApart(asked, into, answer, out);
      if (!apart) continue;
      const state = stateAt(out.node, out.netns, out.at);
      if (!state || isPort(state, into) || isPort(state, out)) continue;
      if (isBeneath(state, into, out)) continue;
      // What died where its address is was sent to nobody.
      if (out.kind === "drop" && ownsAddress(state, out.destination!)) continue;
      const found = lookUpRoute(state, { source: out.source!, destination: out.destination! });
      if (found.route === null) continue;
      const hops = nextHopsBy(found.route, out.destination!, out.device);
      if (hops.length === 0) continue;
      // The route leads back to where the question came from: it was the frame that went elsewhere.
      const { before } = apart;
      if (before && hops.some(({ address }) => ownersOf([before], address).length > 0)) continue;
      const rule = found.rule && found.rule.priority !== 32766
        ? `, by rule ${found.rule.priority} (table ${found.rule.table ?? "main"})`
        : "";
      const host = `${netnsName(out.node, out.netns)} on ${out.node.name}`;
      return cause(
        "asymmetric-path",
        "likely",
        `the question came into ${host} ${apart.came}, and the answer was sent ${apart.went}: ` +
          `its route is ${routeText(found.route)}${rule}`,
        [
          seen(into, `came in ${apart.came}`),
          seen(out, `was sent ${apart.went}`),
          stateEvidence(out.node, `route in ${host}: ${routeText(found.route)}${rule}`),
        ],
      );
    }
    return null;
  },
};

const seen = (event: Sighting, what: string) => ({
  node: event.node.name,
  kind: "event" as const,
  text: `${packetText(event)} ${what}`,
});

/** In what the two ways differ at this host, as words; null when they don't. */
function waysApart(asked: Judgement, into: Sighting, answer: Judgement, out: Sighting) {
  if (into.device !== out.device) {
    return { before: undefined, came: `by ${into.device}`, went: `to ${out.device}` };
  }
  // By the same device from one neighbour and to another one.
  const { sourceMac } = into;
  if (sourceMac === undefined || out.destinationMac === undefined) return null;
  if (sourceMac === out.destinationMac) return null;
  const before = nodeBeside(asked, into, -1);
  const after = nodeBeside(answer, out, 1);
  if (!before || !after || before === after || before === into.node) return null;
  const on = `by ${into.device}`;
  return {
    before,
    came: `${on} from ${before.name} (${sourceMac})`,
    went: `${on} to ${after.name} (${out.destinationMac})`,
  };
}

/** The node that saw the packet just before, or after, a sighting. */
function nodeBeside({ steps }: Judgement, at: Sighting, by: 1 | -1): NodeView | undefined {
  return steps[steps.findIndex(({ event }) => event === at) + by]?.event.node;
}

function cameInAt(
  asked: Judgement,
  node: NodeView,
  netns: number | undefined,
): Sighting | undefined {
  return asked.steps.map(({ event }) => event).findLast((event) =>
    event.node === node && event.netns === netns && event.kind === "device-rx" &&
    event.tunnelKind === undefined
  );
}

/** Devices in one another that may be between: two tags, macsec, a macvlan. */
const LAYERS_MAX = 4;

/**
 * The answer's device stands on the one that the question came by, so that this was its way in as well; not
 * where the question had the tag of another VLAN.
 */
function isBeneath(state: NetnsState, into: Sighting, out: Sighting): boolean {
  let link = linkOf(state, out.ifindex, out.device);
  for (let layer = 0; link !== undefined && layer < LAYERS_MAX; layer++) {
    if (link.kind === "veth" || link.peerIfindex === undefined) return false;
    if (link.peerNetns !== undefined) return false;
    if (link.peerIfindex === into.ifindex) {
      return into.vlan === undefined || link.vlan === undefined || link.vlan.id === into.vlan;
    }
    link = linkOf(state, link.peerIfindex);
  }
  return false;
}

/** A port of a bridge: which of them a frame takes is no routing. */
const isPort = (state: NonNullable<ReturnType<typeof stateAt>>, { ifindex }: Sighting) =>
  state.links.some((link) => link.ifindex === ifindex && link.masterIfindex !== undefined);
