/** All reported incidents, in the order of the page. */
import type { AnyCase } from "./bench/case.ts";
import { bridgeNfOff } from "./incidents/bridge_nf_off.ts";
import { conntrackInvalidReset } from "./incidents/conntrack_invalid_reset.ts";
import { networkOverlap } from "./incidents/network_overlap.ts";
import { oneEndpointOfThree } from "./incidents/one_endpoint_of_three.ts";
import { pathMtu } from "./incidents/path_mtu.ts";
import { replyOtherAddress } from "./incidents/reply_other_address.ts";
import { solicitationBlocked } from "./incidents/solicitation_blocked.ts";
import { staleUdpConntrack } from "./incidents/stale_udp_conntrack.ts";
import { betweenNodes } from "./incidents/between_nodes.ts";
import { hairpin } from "./incidents/hairpin.ts";
import { inputPolicy } from "./incidents/input_policy.ts";
import { legacyRules } from "./incidents/legacy_rules.ts";
import { reversePath } from "./incidents/reverse_path.ts";
import { shaped } from "./incidents/shaped.ts";
import { natPorts } from "./incidents/nat_ports.ts";
import { routeLocalnet } from "./incidents/route_localnet.ts";
import { routerAdvertisement } from "./incidents/router_advertisement.ts";
import { wrongMachine } from "./incidents/wrong_machine.ts";
import { asymmetric } from "./incidents/asymmetric.ts";
import { fragments } from "./incidents/fragments.ts";
import { macvlan } from "./incidents/macvlan.ts";
import { application } from "./incidents/application.ts";
import { endpointChanged } from "./incidents/endpoint_changed.ts";
import { portChanged } from "./incidents/port_changed.ts";
import { benign } from "./incidents/benign.ts";

export const cases: readonly AnyCase[] = [
  ...bridgeNfOff,
  ...conntrackInvalidReset,
  ...hairpin,
  ...staleUdpConntrack,
  ...networkOverlap,
  ...oneEndpointOfThree,
  ...solicitationBlocked,
  ...replyOtherAddress,
  ...pathMtu,
  ...legacyRules,
  ...inputPolicy,
  ...shaped,
  ...reversePath,
  ...betweenNodes,
  ...natPorts,
  ...routeLocalnet,
  ...routerAdvertisement,
  ...wrongMachine,
  ...asymmetric,
  ...fragments,
  ...macvlan,
  ...application,
  ...portChanged,
  ...endpointChanged,
  ...benign,
];
