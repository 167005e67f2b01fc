import type { AnySpec } from "../bench/spec.ts";
import { addresses } from "./addresses.ts";
import { forwarding } from "./forwarding.ts";
import { iptables } from "./iptables.ts";
import { links, neighbours } from "./neighbours.ts";
import { nft } from "./netfilter.ts";
import { routing } from "./routing.ts";
import { sockets } from "./sockets.ts";

export const specs: AnySpec[] = [
  ...forwarding,
  ...routing,
  ...addresses,
  ...neighbours,
  ...links,
  ...nft,
  ...iptables,
  ...sockets,
];
