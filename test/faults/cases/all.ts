import type { AnySpec } from "../bench/spec.ts";
import { addresses } from "./addresses.ts";
import { bridges, forgeries, traffic } from "./devices.ts";
import { conntrack } from "./conntrack.ts";
import { forwarding } from "./forwarding.ts";
import { further } from "./further.ts";
import { iptables } from "./iptables.ts";
import { links, neighbours } from "./neighbours.ts";
import { nests } from "./nested.ts";
import { nft } from "./netfilter.ts";
import { routing } from "./routing.ts";
import { services } from "./services.ts";
import { silence } from "./silence.ts";
import { sizes } from "./sizes.ts";
import { sockets } from "./sockets.ts";
import { tunnels } from "./tunnels.ts";

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
  ...tunnels,
  ...nests,
  ...conntrack,
  ...bridges,
  ...traffic,
  ...forgeries,
  ...silence,
  ...further,
];
