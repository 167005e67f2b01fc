/** Parts of the kernel that take packets away from the ordinary path: IPVS and wireguard. */
import { z } from "zod";

const name = z.string().max(255);
const address = z.string().max(64);
const int = z.number().int();

/** A virtual service of IPVS, from /proc/net/ip_vs. */
export const VirtualService = z.object({
  /** `tcp`, `udp`, `sctp`; absent for one that takes what a firewall mark says. */
  protocol: name.optional(),
  address: address.optional(),
  port: int.optional(),
  /** Firewall mark. */
  mark: int.optional(),
  scheduler: name,
  servers: z.array(z.object({
    address,
    port: int,
    /** `Masq`, `Route`, `Tunnel`, `Local`. */
    forward: name,
    /** Of 0 it gets no new connection. */
    weight: int,
  })).max(5_000),
});

/** A peer of a wireguard device, from `wg show`; without any secret. */
export const WireguardPeer = z.object({
  device: name,
  /** Its public key. */
  key: name,
  /** Where it was heard last, or is to be reached: `192.0.2.1:51820`. Absent: not known. */
  endpoint: name.optional(),
  /** Prefixes: what is sent to them goes to this peer, and it may send from them alone. */
  allowed: z.array(name).max(5_000),
  /** Keys were agreed on with it at least once since the device was made. */
  hasShakenHands: z.boolean(),
  /** That was last so long before the reading that nothing is sent by it any more. Absent: not so, or not told. */
  isSessionOver: z.boolean().optional(),
});

export type VirtualService = z.infer<typeof VirtualService>;
export type WireguardPeer = z.infer<typeof WireguardPeer>;
