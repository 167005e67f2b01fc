/** Questions for a link address that a setting keeps a host from answering. */
import type { Evidence } from "../../../event/report.ts";
import type { Link } from "../../../event/state.ts";
import { type Owner, stateAt, sysctl } from "../../view/state_view.ts";
import type { Sighting } from "../../view/timeline.ts";
import { command } from "../command.ts";
import { placeOf, stateEvidence } from "../evidence.ts";
import { address } from "../word.ts";
import type { Asked } from "./asked.ts";

/** Values of `arp_ignore` that answer for no address of another device than the question came by. */
const OWN_DEVICE = [1, 2];
/** The value that answers for no address at all. */
const NOTHING = 8;

/**
 * The larger one of `arp_ignore` for all devices and for the one that the question came by counts
 * (`arp_ignore` in net/ipv4/arp.c, Linux 5.10 to 6.18). What 2 and 3 ask of the asker's network and of
 * the address' scope is not looked at.
 */
export function keptSilent(
  { node, netns }: Owner,
  hop: string,
  question: Sighting,
  seen: Evidence,
): Asked | null {
  const by = question.device;
  const state = stateAt(node, netns, question.at);
  if (!state || by === undefined || hop.includes(":")) return null;
  const has = ({ addresses }: Link) => addresses.some((each) => each.address === hop);
  const holder = state.links.find(has);
  if (!holder) return null;
  const isOwn = state.links.some((link) => link.name === by && has(link));
  const names = ["all", by].map((name) => `net.ipv4.conf.${name}.arp_ignore`);
  const values = names.map((name) => Number(sysctl(state, name) ?? 0));
  const value = Math.max(...values);
  if (value !== NOTHING && (isOwn || !OWN_DEVICE.includes(value))) return null;
  const setting = names[values.indexOf(value)]!;
  return {
    text:
      `; the question reached ${placeOf(node, netns, by)}, and is not answered there: ${hop} is ` +
      `an address of ${holder.name}, and ${setting} is ${value}`,
    evidence: [
      seen,
      stateEvidence(node, `${hop} is at ${placeOf(node, netns, holder.name)}`),
      stateEvidence(node, `${setting} = ${value}`),
    ],
    // A host behind a load balancer is to be silent so: then another one is to answer.
    remedy: command(node, netns, ["ip", "addr", "show", "to", address(hop)]),
  };
}
