import type { AnySpec } from "../bench/spec.ts";
import { addresses } from "./addresses.ts";
import { blockedTunnels } from "./blocked_tunnels.ts";
import { bridges } from "./bridges.ts";
import { traffic } from "./devices.ts";
import { exchanges } from "./exchanges/all.ts";
import { forgeries } from "./forgeries.ts";
import { chains } from "./chains.ts";
import { conntrack } from "./conntrack.ts";
import { forwarding } from "./forwarding.ts";
import { further } from "./further.ts";
import { iptables } from "./iptables.ts";
import { links, neighbours } from "./neighbours.ts";
import { nests } from "./nested.ts";
import { nft } from "./netfilter.ts";
import { queues } from "./queues.ts";
import { routing } from "./routing.ts";
import { services } from "./services.ts";
import { silence } from "./silence.ts";
import { sizes } from "./sizes.ts";
import { sockets } from "./sockets.ts";
import { tunnels } from "./tunnels.ts";
import { wellTunnels } from "./well_tunnels.ts";

export const specs: AnySpec[] = [
  ...forwarding,
  ...routing,
  ...addresses,
  ...neighbours,
  ...links,
  ...nft,
  ...iptables,
  ...services,
  ...sockets,
  ...sizes,
  ...wellTunnels,
  ...tunnels,
  ...blockedTunnels,
  ...nests,
  ...conntrack,
  ...bridges,
  ...traffic,
  ...queues,
  ...forgeries,
  ...silence,
  ...chains,
  ...further,
  ...exchanges,
];
