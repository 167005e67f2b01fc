/** Which entry of a tunnel device leads a frame to which other end, and what to change about it. */
import type { FdbEntry, NetnsState } from "../../../event/state.ts";
import { holdersOfMac } from "../../view/state_view.ts";
import type { NodeView, Sighting } from "../../view/timeline.ts";
import type { Case } from "../case.ts";
import type { Change } from "./change.ts";
import { lookAt } from "./checked.ts";

type Table = Pick<NetnsState, "fdb">;

/** Frames that have no entry of their own go to all destinations of this one. */
const DEFAULT = "00:00:00:00:00:00";

const entriesOf = ({ fdb }: Table, device: string, mac: string): FdbEntry[] =>
  fdb.filter((entry) =>
    entry.device === device && entry.mac === mac && entry.destination !== undefined
  );

/** By this state a frame for the MAC goes to that end point, and to no other alone. */
export function leadsTo(state: Table, device: string, mac: string, endpoint: string): boolean {
  const own = entriesOf(state, device, mac);
  if (own.length > 0) return own.every(({ destination }) => destination === endpoint);
  return entriesOf(state, device, DEFAULT).some(({ destination }) => destination === endpoint);
}

/** What leads frames for the MAC to that end point; empty when they go there. */
export function toEndpoint(
  state: Table,
  device: string,
  mac: string,
  endpoint: string,
): Change[] {
  if (leadsTo(state, device, mac, endpoint)) return [];
  const [old] = entriesOf(state, device, mac);
  const entry: FdbEntry = { device, mac, destination: endpoint, flags: ["self", "permanent"] };
  return [{ do: old ? "replace-fdb" : "add-fdb", entry }];
}

/** The one local address of a node's devices of this tunnel; undefined where there is none or several. */
export function endpointOf(node: NodeView, kind: string, id: number | undefined) {
  const links = [...node.states.values()].flatMap((list) => list.at(-1)!.state.links);
  const found = new Set(
    links.filter((link) => link.kind === kind && link.tunnel?.id === id)
      .flatMap(({ tunnel }) => tunnel?.local === undefined ? [] : [tunnel.local]),
  );
  return found.size === 1 ? [...found][0] : undefined;
}

/** The one node that has a device with this MAC, other than the sender's; undefined else. */
export function nodeOfMac(subject: Case, mac: string, sender: Sighting): NodeView | undefined {
  const nodes = new Set(holdersOfMac(subject.world.network, mac).map(({ node }) => node));
  nodes.delete(sender.node);
  return nodes.size === 1 ? [...nodes][0] : undefined;
}

/**
 * Entries of some devices are a program's, which makes them anew from what it knows of the nodes:
 * what is done by hand holds until then.
 */
export function keeperWords(device: string): string[] {
  if (/^flannel[.-]/.test(device)) {
    return lookAt(
      "flannel makes these entries of the annotation flannel.alpha.coreos.com/backend-data of the node: " +
        "if they stay wrong, restart flannel on the sending node, and by hand until then:",
    );
  }
  if (/^vxlan(-v6)?\.calico$/.test(device)) {
    return lookAt(
      "Calico makes these entries of what it knows of the nodes: if they stay wrong, restart " +
        "calico-node on the sending node, and by hand until then:",
    );
  }
  return [];
}
