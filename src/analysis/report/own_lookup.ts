/** Which failed routing lookups were for what a program sends. */
import { SCTP, UDP } from "../kernel/protocols.ts";
import { USUAL_TUNNEL_PORTS } from "../kernel/tunnels.ts";
import { TABLES } from "../view/routing.ts";
import { ownsAddress, stateAt } from "../view/state_view.ts";
import type { Sighting } from "../view/timeline.ts";
import { isForAnswerOfKernel } from "./kernel_answer.ts";

/** Tables whose failed lookup decides nothing, because others are asked, too: IPv6 asks `local` first. */
const UNDECIDING_TABLES: ReadonlySet<number> = new Set([TABLES.default, TABLES.local]);

/** What devices of tunnels and IPsec look up: IP in IP, SIT, GRE, ESP, AH. What they carry is told. */
const OF_TUNNELS: ReadonlySet<number> = new Set([4, 41, 47, 50, 51]);

/**
 * Whether a lookup was for a program's send, as far as can be told. The kernel's own lookups (for ARP,
 * for validating a source) have no protocol. Others are of packets that the kernel handled while it
 * had interrupted a program: they have a source that is not the namespace's own, or a tunnel's port.
 */
export function isSend(event: Sighting): boolean {
  if (event.protocol === undefined || event.netns === undefined) return false;
  // SCTP asks for a way to each address that its peer names: one without a way loses no packet.
  if (event.protocol === SCTP) return false;
  if (OF_TUNNELS.has(event.protocol)) return false;
  if (UNDECIDING_TABLES.has(event.routeTable ?? 0)) return false;
  const state = stateAt(event.node, event.netns, event.at);
  const isBound = !isUnspecified(event.source ?? "");
  if (isBound && !ownsAddress(state, event.source!)) return false;
  if (isForAnswerOfKernel(event)) return false;
  return !(event.protocol === UDP && tunnelPorts(event).has(event.destinationPort ?? -1));
}

/** The address that a socket without one has. */
export const isUnspecified = (address: string) => /^(0\.0\.0\.0|::)$/.test(address);

function tunnelPorts({ node }: Sighting): Set<number> {
  const ports = new Set(USUAL_TUNNEL_PORTS);
  for (const list of node.states.values()) {
    for (const link of list.at(-1)!.state.links) if (link.tunnel?.port) ports.add(link.tunnel.port);
  }
  return ports;
}
