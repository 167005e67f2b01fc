/** Faults of the network itself, which the analysis has to find. */
import type { CauseCode } from "../../src/event/codes.ts";
import type { Skb } from "./flight.ts";
import type { TruePacket } from "./truth.ts";
import type { Device, Netns, Wire } from "./world.ts";

export type Hook = "ingress" | "egress" | "prerouting" | "forward" | "input" | "socket" | "wire";

export interface Mishap {
  name: string;
  hook: Hook;
  /** Where it happens; all that is set must fit. */
  device?: Device;
  netns?: Netns;
  wire?: Wire;
  hits(packet: TruePacket, skb: Skb): boolean;
  function: string;
  reason: string;
  codes: CauseCode[];
}

/** The mishap that strikes here, if any. */
export function struck(
  mishaps: readonly Mishap[],
  hook: Hook,
  place: { device?: Device; netns?: Netns; wire?: Wire },
  packet: TruePacket,
  skb: Skb,
): Mishap | undefined {
  return mishaps.find((mishap) =>
    mishap.hook === hook &&
    (mishap.device === undefined || mishap.device === place.device) &&
    (mishap.netns === undefined || mishap.netns === place.netns) &&
    (mishap.wire === undefined || mishap.wire === place.wire) &&
    mishap.hits(packet, skb)
  );
}
