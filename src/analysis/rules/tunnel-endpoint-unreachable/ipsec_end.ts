/** A tunnel of IPsec whose other end no route leads to. */
import { isIpsecDrop } from "../../kernel/sockets.ts";
import { policiesAbout } from "../../view/ipsec.ts";
import { lookUpRoute, refuses } from "../../view/routing.ts";
import { netnsName } from "../../view/netns_names.ts";
import { command } from "../command.ts";
import { eventEvidence, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { risen } from "../shared/xfrm_counters.ts";
import { address } from "../word.ts";

/** The ends that a policy's template names for a tunnel. */
const TUNNEL = /\btmpl src (\S+) dst (\S+) proto (?:esp|ah)\b.*\bmode tunnel\b/;

/** What the kernel counts when it can't make the way of what a policy wants encrypted. */
const NO_WAY = "XfrmOutBundleGenError";

/**
 * The kernel looks up the way to the tunnel's other end before it encrypts, and says of a failure that a policy
 * refused the packet.
 *
 * What else looks like it: a policy that blocks, and a state that is missing (they count otherwise); an end that
 * has a way by a table which was not read.
 */
export const ipsecEndUnreachable: Rule = {
  id: "R210",
  title: "A tunnel of IPsec to an end without a route",
  statement:
    "The kernel says that IPsec refused a packet (XFRM_POLICY), the policy for what is sent that is about it asks " +
    "for a tunnel, and no route leads to the end which that names, or one that refuses: " +
    "`tunnel-endpoint-unreachable`, proven where the kernel counted a way that it could not make " +
    "(`XfrmOutBundleGenError`) between the states before and after, else likely.",
  yields: ["tunnel-endpoint-unreachable"],
  judge(subject) {
    const { event, node, netns, before, after } = subject;
    if (event.kind !== "drop" || !isIpsecDrop(event) || event.tunnelKind !== undefined) return null;
    const { source, destination, protocol, sourcePort, destinationPort } = event;
    if (!before || source === undefined || destination === undefined) return null;
    const packet = { source, destination, protocol, sourcePort, destinationPort };
    const policy = policiesAbout(before, "out", packet).find((text) => TUNNEL.test(text));
    const [, own, end] = TUNNEL.exec(policy ?? "") ?? [];
    if (policy === undefined || own === undefined || end === undefined) return null;
    const { route } = lookUpRoute(before, { destination: end, source: own });
    if (route !== null && !refuses(route)) return null;
    const isCounted = after !== null && risen(before, after, "XfrmOut").includes(NO_WAY);
    const where = `${netnsName(node, netns)} on ${node.name}`;
    return cause(
      "tunnel-endpoint-unreachable",
      isCounted ? "proven" : "likely",
      `IPsec of ${where} was to send it through a tunnel to ${end}, and ${
        route === null ? "no route leads there" : "the route there refuses packets"
      }`,
      [
        eventEvidence(subject),
        stateEvidence(node, policy),
        stateEvidence(node, `${where}: no route to ${end}`),
        ...(isCounted ? [stateEvidence(node, `xfrm_stat: ${NO_WAY} rose`)] : []),
      ],
      command(node, netns, ["ip", "route", "get", address(end)]),
    );
  },
};
