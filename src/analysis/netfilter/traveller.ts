/** What rules are asked about: a packet at one hook, and what its rules may look up. */
import type { NetfilterSet, NetnsState } from "../../event/state.ts";
import type { CtState, Headers, HookDevice, Mark } from "./hook_packet.ts";

/** A packet at one hook, as rules see it. */
export interface Traveller {
  headers: Headers;
  layer: "ip" | "bridge" | "netdev" | "arp";
  /** As nft names it: `prerouting`, `ingress`. */
  hook: string;
  input: HookDevice;
  output: HookDevice;
  /** Bridge ports, where `br_netfilter` shows a bridged packet to iptables. */
  portInput: HookDevice;
  portOutput: HookDevice;
  /** Null: it may be any. */
  ctState: CtState | null;
  /** Bits of conntrack's status (`IPS_…`). */
  ctStatus: number | undefined;
  ctDirection: "original" | "reply" | undefined;
  /** Rules change it on the way. */
  mark: Mark;
  state: NetnsState;
  /** Null when no such set was read, or when packets change it while they pass. */
  set(family: string, table: string, name: string): NetfilterSet | null;
}
