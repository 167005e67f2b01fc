/** What was put into a tunnel whose own packets IPsec encrypts, and that the other end refuses. */
import { isTunnelKind } from "../../kernel/tunnels.ts";
import { policyFor } from "../../view/ipsec.ts";
import { netnsName } from "../../view/netns_names.ts";
import { ownersOf } from "../../view/state_view.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { eventEvidence, packetText, placeOf, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { refusedOnly } from "./far_end.ts";

/**
 * GRE, vxlan or IP in IP inside IPsec, as sites are joined: the tunnel's device hands its packets to IPsec,
 * in whose packets they are not seen.
 *
 * What else looks like it: another packet between the same ends that was refused, while this one passed; so
 * nothing is said where the other end takes any of them.
 */
export const ipsecBeneathTunnel: Rule = {
  id: "R219",
  title: "A tunnel inside IPsec whose other end refuses",
  statement:
    "Last seen as it was put into a tunnel's device, and nothing tells what became of it; a policy of IPsec read " +
    "there for what is sent has the device's ends, and its remote, which is watched, refused packets of IPsec from " +
    "this end and took none: `ipsec-policy`, likely.",
  yields: ["ipsec-policy"],
  judge(subject) {
    const { event, node, netns, before, judgement, link, world } = subject;
    const remote = link?.tunnel?.remote;
    if (event.kind !== "device-tx" || judgement.gap?.code !== "tunnel-device-silent") return null;
    if (!before || remote === undefined || !isTunnelKind(link!.kind)) return null;
    for (const local of ownEnds(subject)) {
      const policy = policyFor(before, local, remote);
      if (policy === undefined) continue;
      for (const owner of ownersOf(world.network, remote)) {
        const refused = refusedOnly(owner, local, remote);
        if (refused === null) continue;
        return cause(
          "ipsec-policy",
          "likely",
          `${placeOf(node, netns, link!.name)} sends it to ${remote} by IPsec, and there ` +
            `(${netnsName(owner.node, owner.netns)} on ${owner.node.name}) IPsec refused what came`,
          [
            eventEvidence(subject),
            stateEvidence(node, policy),
            {
              node: owner.node.name,
              kind: "event",
              text: `${packetText(refused)} freed in ${refused.function}, as all of them that came`,
            },
          ],
          command(owner.node, owner.netns, ["ip", "xfrm", "state", "show", "nokeys"]),
        );
      }
    }
    return null;
  },
};

/** The device's own end, or where it has none any address of the namespace. */
function ownEnds({ before, link }: Case): string[] {
  const local = link?.tunnel?.local;
  if (local !== undefined) return [local];
  return before!.links.flatMap(({ addresses }) => addresses.map(({ address }) => address));
}
