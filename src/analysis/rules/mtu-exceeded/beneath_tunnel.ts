/** What a tunnel's way leaves for a packet inside it. */
import { isTunnelSizeCheck } from "../../kernel/sizes.ts";
import { lookUpRoute } from "../../view/routing.ts";
import type { Case } from "../case.ts";
import { largerMtu } from "../shared/mtu_remedy.ts";
import type { Limit } from "./limit.ts";

/** Bytes that a tunnel over IPv4 puts before the inner IP packet, without what options add, by kind. */
const HEADERS: Readonly<Record<string, number>> = {
  ipip: 20,
  sit: 20,
  gre: 24,
  gretap: 38,
  vxlan: 50,
  geneve: 50,
};

/** Of GRE a key, a checksum and a number take 4 bytes each; over IPv6 a header is 20 bytes longer. */
const [WORD, LONGER] = [4, 20];

/**
 * The MTU of the route to the tunnel's remote, less the tunnel's headers: a tunnel's transmit function
 * compares with that, and the MTU of its own device may be larger. Null where the remote is not known or
 * may be cut for: what has no order not to be (DF).
 */
export function limitBeneath(subject: Case): Limit | null {
  const { event, link, before, node, netns, world } = subject;
  const { tunnel, kind = "" } = link ?? {};
  const headers = HEADERS[kind];
  if (!isTunnelSizeCheck(event) || event.tunnelKind !== undefined || !before) return null;
  if (headers === undefined || tunnel?.remote === undefined) return null;
  if (tunnel.underlayNetns !== undefined) return null;
  const isSix = event.destination?.includes(":") === true;
  if (!isSix && ((event.ipFlags ?? 0) & 2) === 0) return null;
  const { route } = lookUpRoute(before, { source: tunnel.local, destination: tunnel.remote });
  const under = before.links.find(({ name }) => name === route?.device);
  if (!route || !under || under.kind === "loopback") return null;
  const options = kind.startsWith("gre")
    ? WORD * ((tunnel.id === undefined ? 0 : 1) +
      (["ocsum", "oseq"].filter((one) => tunnel.options?.includes(one)).length))
    : 0;
  const overhead = headers + options + (tunnel.remote.includes(":") ? LONGER : 0);
  return {
    what: `${under.name} beneath ${link!.name}, less ${overhead} bytes of the tunnel's headers,`,
    mtu: (route.mtu ?? under.mtu) - overhead,
    fix: (size) => largerMtu(world.nodes, { node, netns, link: under }, size + overhead),
    node,
    netns,
  };
}
