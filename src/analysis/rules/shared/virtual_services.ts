/** Services of IPVS, which takes packets in netfilter's hooks and shows in no ruleset. */
import type { NetnsState, VirtualService } from "../../../event/state.ts";
import { findingOf } from "../../netfilter/choose.ts";
import { markForIpvs } from "../../netfilter/routed_mark.ts";
import { ask } from "../../view/asked.ts";
import type { Owner } from "../../view/state_view.ts";
import type { NodeView } from "../../view/timeline.ts";
import type { Case } from "../case.ts";
import { protocolName } from "./protocol_name.ts";

/** What IPVS makes services of. */
const SERVED = ["tcp", "udp", "sctp"];

/**
 * The service that takes the packet where it was refused: the one of its mark before the one of its
 * destination, as `ip_vs_service_find` looks for them. By its mark alone where that is known.
 */
export function virtualServiceAt(subject: Case, state: NetnsState): VirtualService | undefined {
  const isMarked = ({ mark }: VirtualService) => mark !== undefined;
  const marked = state.ipvs?.filter(isMarked) ?? [];
  if (marked.length > 0 && SERVED.includes(protocolName(subject))) {
    const own = markForIpvs(subject, state);
    const found = marked.filter(({ mark }) => mark === own);
    // Services of the two families are not told apart there: the one with servers may be the other's.
    if (found.length > 0) return found.find(({ servers }) => servers.length > 0) ?? found[0];
  }
  return virtualServiceFor(subject, state);
}

/** The service that takes the packet by its destination; one with a firewall mark may do so, too. */
export function virtualServiceFor(subject: Case, state: NetnsState): VirtualService | undefined {
  const { destination, destinationPort } = subject.event;
  return state.ipvs?.find((service) =>
    service.protocol === protocolName(subject) && service.address === destination &&
    service.port === destinationPort
  );
}

/**
 * The namespace whose IPVS hands this packet on to this host as it is, for the service's own address
 * (direct routing): the host must have that address itself. Null where none is known to do so.
 */
export function directorOf(subject: Case): Pick<Owner, "node" | "netns"> | null {
  const own = new Set(
    subject.before?.links.flatMap(({ addresses }) => addresses.map(({ address }) => address)),
  );
  const { destination, destinationPort } = subject.event;
  const what = `director ${protocolName(subject)} ${destination} ${destinationPort} ${[...own]}`;
  for (const node of subject.world.network) {
    const netns = ask(node.statesSource, what, () => directorIn(subject, node, own));
    if (netns !== undefined) return { node, netns };
  }
  return null;
}

function directorIn(
  subject: Case,
  node: NodeView,
  own: ReadonlySet<string>,
): number | undefined {
  for (const [netns, readings] of node.states) {
    const state = readings.at(-1)?.state;
    const isHere = state &&
      virtualServiceFor(subject, state)?.servers.some((server) =>
        server.forward === "Route" && own.has(server.address)
      );
    if (isHere) return netns;
  }
  return undefined;
}

/** Nothing that was read refuses any packet, and IPVS has a service that this one may be for. */
export function onlyVirtualServiceRefuses(subject: Case): boolean {
  const { suspects, others, unread, cut } = findingOf(subject);
  if (suspects.length > 0 || others.length > 0 || unread !== null || cut) return false;
  return [subject.before, subject.after].some((state) =>
    state?.ipvs?.some(({ mark }) => mark !== undefined) ||
    (state && virtualServiceFor(subject, state) !== undefined)
  );
}
