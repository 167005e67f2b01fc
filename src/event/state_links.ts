/** What a network device has by its kind: settings of tunnels and of ports. */
import { z } from "zod";

const name = z.string().max(255);
const address = z.string().max(64);
const int = z.number().int();

/** Settings of a tunnel device: vxlan, geneve, ipip, gre, gretap, sit, ip6tnl … */
export const TunnelSettings = z.object({
  /** VNI or key. Absent for a device that takes it from metadata. */
  id: int.optional(),
  /** The key that it takes packets with, where it sends them with another one; 0: it takes those without. */
  receivedId: int.optional(),
  local: address.optional(),
  remote: address.optional(),
  /** Outer UDP destination port. */
  port: int.optional(),
  /** False for `nolearning`: it takes no fdb entry from what it receives. */
  learning: z.boolean().optional(),
  /** Collect-metadata mode: id and destination come with each packet. */
  external: z.boolean().optional(),
  /**
   * What it writes and demands: of GRE `oseq`, `iseq`, `ocsum`, `icsum`; of vxlan `gbp`; of geneve
   * `inner_proto_inherit`. Absent: nothing.
   */
  options: z.array(name).optional(),
  /** What IP in IP carries, as `ip` names its mode: `any`, `ipip`, `ip6ip`, `ipip6`, `ip6ip6`, `mplsip`. */
  mode: name.optional(),
  /** Of a tunnel in IPv6: in how many further tunnels what it sends may be put (RFC 2473). */
  encapLimit: int.optional(),
  /** Underlay device it is bound to, and whether it lives in another netns (x-netns tunnel). */
  underlay: name.optional(),
  underlayIfindex: int.optional(),
  /** Inode of the netns its outer packets are in, when that is another one (x-netns tunnel). */
  underlayNetns: int.optional(),
});

/** Settings of a bridge port, from `ip -d link`. */
export const BridgePort = z.object({
  /** `disabled`, `listening`, `learning`, `forwarding`, `blocking`. */
  state: name,
  isolated: z.boolean(),
  hairpin: z.boolean(),
  learning: z.boolean(),
  unicastFlood: z.boolean(),
  guard: z.boolean().optional(),
  neighbourSuppress: z.boolean().optional(),
  /** Multicast whose listeners nobody knows, and broadcast, leave by it. */
  multicastFlood: z.boolean().optional(),
  broadcastFlood: z.boolean().optional(),
  /** It takes frames only from MAC addresses that the bridge's table has behind it. */
  locked: z.boolean().optional(),
});

export type TunnelSettings = z.infer<typeof TunnelSettings>;
