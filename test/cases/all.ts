/** All reported incidents, in the order of the page. */
import type { AnyCase } from "./bench/case.ts";
import { bridgeNfOff } from "./incidents/bridge_nf_off.ts";
import { replyOtherAddress } from "./incidents/reply_other_address.ts";
import { staleUdpConntrack } from "./incidents/stale_udp_conntrack.ts";

export const cases: readonly AnyCase[] = [
  ...bridgeNfOff,
  ...staleUdpConntrack,
  ...replyOtherAddress,
];
