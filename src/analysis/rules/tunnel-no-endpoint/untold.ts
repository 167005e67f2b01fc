/** A tunnel device in external mode that got a packet without another end. */
import type { Cause, Evidence } from "../../../event/report.ts";
import { isFreedByVxlan, saysNoTunnelInfo } from "../../kernel/tunnels.ts";
import { type Snapshot, snapshotsAround } from "../../netfilter/counters.ts";
import { vlanAtPort } from "../../view/bridge_vlans.ts";
import { linkOf, stateAt } from "../../view/state_view.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { eventEvidence, place, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { device } from "../word.ts";

/** A route, a filter of tc, Open vSwitch or a bridge was to give the packet its other end, and none did. */
export const tunnelUntold: Rule = {
  id: "R206",
  title: "A tunnel that the packet tells no end",
  statement:
    "The kernel says that a tunnel device in external mode was handed a packet that brought no other end " +
    "(TUNNEL_TXINFO): `tunnel-no-endpoint`, proven; with the VLAN that the bridge has no VNI for, where the device " +
    "is a port of one that filters VLANs.",
  yields: ["tunnel-no-endpoint"],
  judge(subject) {
    const { event } = subject;
    if (event.kind !== "drop" || event.tunnelKind !== undefined || !saysNoTunnelInfo(event)) {
      return null;
    }
    return broughtNone(subject, []);
  },
};

/** The same of a vxlan on kernels that give it no reason. */
export const tunnelUntoldUncounted: Rule = {
  id: "R225",
  title: "A vxlan that the packet tells no end, and no reason",
  statement:
    "Freed without a reason in `vxlan_xmit`, by a device in external mode. What brings no other end dies there, and " +
    "what a bridge gave a VNI (vlan_tunnel) for which no entry of the fdb has the MAC; the kernel counts the second " +
    "as dropped (tx_dropped). `tunnel-no-endpoint`: proven that it brought none where no bridge has the device, or " +
    "where that was not counted around it; else likely, and both are said.",
  yields: ["tunnel-no-endpoint"],
  judge(subject) {
    const { event, node, netns, link } = subject;
    if (event.tunnelKind !== undefined || !isFreedByVxlan(event)) return null;
    if (link?.kind !== "vxlan" || !link.tunnel?.external) return null;
    if (link.masterIfindex === undefined) return broughtNone(subject, []);
    const dropped = uncounted(subject);
    if (dropped !== null) {
      const told = `${link.name} counted no packet as dropped around it (tx_dropped ${dropped})`;
      return broughtNone(subject, [stateEvidence(node, told)]);
    }
    const vlan = vlanOf(subject);
    return cause(
      "tunnel-no-endpoint",
      "likely",
      `${
        place(subject)
      } takes the other end from what it is handed (external): its bridge gave the packet none` +
        `${
          vlan === undefined ? "" : ` for VLAN ${vlan}`
        }, or a VNI for which no entry of the fdb has its MAC`,
      [eventEvidence(subject), stateEvidence(node, `${link.name} is external`)],
      command(node, netns, ["bridge", "vlan", "tunnelshow", "dev", device(subject.device)]),
    );
  },
};

function broughtNone(subject: Case, more: Evidence[]): Cause {
  const { node, netns, link } = subject;
  const vlan = link?.masterIfindex === undefined ? undefined : vlanOf(subject);
  const why = vlan === undefined
    ? "no route, no filter of tc and no bridge gave it one"
    : `its bridge gives it one by the VLAN (vlan_tunnel), and has none for VLAN ${vlan}`;
  return cause(
    "tunnel-no-endpoint",
    "proven",
    `${
      place(subject)
    } takes the other end from what it is handed (external), and the packet brought ` +
      `none: ${why}`,
    [
      eventEvidence(subject),
      stateEvidence(node, `${link?.name ?? subject.device} is external`),
      ...more,
    ],
    vlan === undefined
      ? command(node, netns, ["ip", "-d", "link", "show", "dev", device(subject.device)])
      : command(node, netns, ["bridge", "vlan", "tunnelshow", "dev", device(subject.device)]),
  );
}

/** What the device has counted as dropped, where it is the same before and after; null where it is not or not known. */
function uncounted({ event, node, netns, ifindex }: Case): number | null {
  const { baseline, after } = snapshotsAround(node, netns, event.at);
  const of = (one: Snapshot | null) => linkOf(one?.state ?? null, ifindex)?.counters?.tx_dropped;
  const last = of(after);
  // A device begins with nothing, so that no reading before is asked for.
  return last !== undefined && (last === 0 || of(baseline) === last) ? last : null;
}

/** The VLAN in which it came to the bridge, by the port that it came in by. */
function vlanOf({ judgement, link }: Case): number | undefined {
  for (const { event } of judgement.steps.toReversed()) {
    if (event.kind !== "device-rx") continue;
    const port = linkOf(stateAt(event.node, event.netns, event.at), event.ifindex);
    if (port?.masterIfindex === link?.masterIfindex) return port && vlanAtPort(port, event.vlan);
  }
  return undefined;
}
