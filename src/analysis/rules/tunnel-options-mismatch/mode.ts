/** IP in IP whose receiver was made for another family inside. */
import type { Link } from "../../../event/state.ts";
import { isRefusedByIpInIp } from "../../kernel/tunnels.ts";
import type { Sighting } from "../../view/timeline.ts";
import { command } from "../command.ts";
import { eventEvidence, placeOf, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { device } from "../word.ts";

const KINDS = ["ipip", "sit", "ip6tnl"];

/** The modes that carry IPv4, IPv6. */
const CARRIES = { ip4: /^(any|ipip6?)$/, ip6: /^(any|ip6ip6?)$/ };

/**
 * As the receivers compare them (`ipxip6_rcv`, `ipip_tunnel_rcv`, `ipip6_rcv`, Linux 5.10 to 7.2). They free in
 * the same place what a policy of IPsec refuses and what they can't read; with another mode they free all.
 */
export const tunnelMode: Rule = {
  id: "R224",
  title: "The family that IP in IP carries",
  statement:
    "Freed without a reason where the receiver of IP in IP has found its device, and the only device of the " +
    "namespace with these ends has a mode that carries the other family: `tunnel-options-mismatch`, proven.",
  yields: ["tunnel-options-mismatch"],
  judge(subject) {
    const { event, node, netns, before } = subject;
    if (event.tunnelKind === undefined || !isRefusedByIpInIp(event)) return null;
    const carries = event.network === "ip6" ? CARRIES.ip6 : CARRIES.ip4;
    const [own, ...more] = (before?.links ?? []).filter((link) => hasEnds(link, event));
    const mode = own?.tunnel?.mode;
    if (own === undefined || more.length > 0 || mode === undefined || carries.test(mode)) {
      return null;
    }
    const family = event.network === "ip6" ? "IPv6" : "IPv4";
    return cause(
      "tunnel-options-mismatch",
      "proven",
      `${
        placeOf(node, netns, own.name)
      } has these ends and the mode ${mode}, which carries no ${family}`,
      [eventEvidence(subject), stateEvidence(node, `${own.name}: ${own.kind}, mode ${mode}`)],
      command(node, netns, ["ip", "-d", "link", "show", "dev", device(own.name)]),
    );
  },
};

const hasEnds = ({ kind, tunnel }: Link, { tunnelSource, tunnelDestination }: Sighting): boolean =>
  KINDS.includes(kind ?? "") && tunnel?.remote === tunnelSource &&
  (tunnel?.local ?? tunnelDestination) === tunnelDestination;
