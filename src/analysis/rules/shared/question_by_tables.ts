/** Questions for a link address that a host leaves without an answer for what its tables say of them. */
import type { Evidence } from "../../../event/report.ts";
import type { Route } from "../../../event/state.ts";
import { lookUpRoute, ruleText, vrfTableOf } from "../../view/routing.ts";
import { linkOf, type Owner, stateAt, sysctl } from "../../view/state_view.ts";
import type { Sighting } from "../../view/timeline.ts";
import { command } from "../command.ts";
import { placeOf, stateEvidence } from "../evidence.ts";
import { found } from "../reverse-path-filter/reverse_path.ts";
import { modeOf, refusedWayBack } from "../reverse-path-filter/way_back.ts";
import { address } from "../word.ts";
import type { Asked } from "./asked.ts";
import { checked } from "./checked.ts";

/**
 * A host that has the asker's address itself takes the question for one with a forged source, and does
 * not answer (`arp_process` validates the source as a packet's, Linux 5.10 to 6.18), unless
 * `accept_local` is on.
 */
export function fromOwnAddress(
  { node, netns }: Owner,
  hop: string,
  question: Sighting,
  reached: string,
  seen: Evidence,
): Asked | null {
  const { source, device: by } = question;
  const state = stateAt(node, netns, question.at);
  if (!state || source === undefined || by === undefined || hop.includes(":")) return null;
  // Another VRF's addresses are none of the tables that are asked: tenants may have the same ones.
  const vrfTable = vrfTableOf(state, linkOf(state, undefined, by));
  const holder = state.links.find((link) =>
    link.addresses.some((each) => each.address === source) && vrfTableOf(state, link) === vrfTable
  );
  const accepts = ["all", by].some((name) =>
    sysctl(state, `net.ipv4.conf.${name}.accept_local`) === "1"
  );
  if (!holder || accepts) return null;
  const at = placeOf(node, netns, holder.name);
  return {
    code: "martian-address",
    text: `${reached} and has ${source}, the address that asks, as well, at ${holder.name}: it ` +
      "answers nobody who uses an address of its own",
    evidence: [seen, stateEvidence(node, `${source} is at ${at}`)],
    remedy: command(node, netns, ["ip", "addr", "show", "to", address(source)]),
  };
}

/**
 * ARP asks for the way back to who asks, as for a packet, and frees a question without a reason that
 * `rp_filter` refuses (`arp_process`, Linux 5.10 to 6.18).
 */
export function refusedByWayBack(
  { node, netns }: Owner,
  hop: string,
  question: Sighting,
  reached: string,
  seen: Evidence,
): Asked | null {
  const { source, device: by } = question;
  const state = stateAt(node, netns, question.at);
  if (!state || source === undefined || by === undefined || source === "0.0.0.0") return null;
  if (hop.includes(":")) return null;
  const back = refusedWayBack(state, by, { source, destination: hop });
  if (!back) return null;
  const way = back.route || back.rule ? found(back) : "no route";
  const rpFilter = ["all", by].flatMap((name) => {
    const value = sysctl(state, `net.ipv4.conf.${name}.rp_filter`);
    return value === undefined
      ? []
      : [stateEvidence(node, `net.ipv4.conf.${name}.rp_filter = ${value}`)];
  });
  const strict = modeOf(state, by) === 1;
  return {
    code: "reverse-path-filter",
    text:
      `${reached}, and ${
        strict ? "strict" : "loose"
      } rp_filter refuses it there: the way back to ${source} is not ` +
      `through ${by} (${way})`,
    evidence: [seen, ...rpFilter],
    remedy: checked({
      ...{ node, netns, state },
      changes: [{ do: "set-sysctl", name: `net.ipv4.conf.${by}.rp_filter`, value: 2 }],
      passes: (after) => refusedWayBack(after, by, { source, destination: hop }) === null,
    }),
  };
}

/**
 * ARP is answered for what the tables, as asked for a packet that came in by the device, call local
 * (`arp_process`). The addresses of a VRF's devices are so in the VRF's own table alone.
 */
export function notItsOwnThere(
  { node, netns }: Owner,
  hop: string,
  question: Sighting,
  reached: string,
  seen: Evidence,
): Asked | null {
  const { source, device: by } = question;
  const state = stateAt(node, netns, question.at);
  if (!state || source === undefined || by === undefined || hop.includes(":")) return null;
  const vrfTable = vrfTableOf(state, linkOf(state, undefined, by));
  const isLocal = ({ type, destination, table }: Route) =>
    type === "local" && destination === `${hop}/32` && table === vrfTable;
  if (vrfTable === undefined || !state.routes.some(isLocal)) return null;
  const query = { source, destination: hop, inputDevice: by, outputDevice: null, vrfTable };
  const { route, certain } = lookUpRoute(state, query);
  if (!certain || route?.type === "local") return null;
  const rules = state.rules.filter(({ family }) => family === 4);
  return {
    text:
      `${reached} in table ${vrfTable} of the VRF that ${by} is in, and no routing rule leads ` +
      "there: it does not take the address for its own",
    evidence: [seen, ...rules.map((rule) => stateEvidence(node, `rule ${ruleText(rule)}`))],
    remedy: command(node, netns, ["ip", "rule", "show"]),
  };
}
