/** A frame that a wrong neighbour entry sent to a host which does not forward. */
import { lookUpRoute } from "../../view/routing.ts";
import { netnsName, ownersOf, ownsAddress, stateAt, sysctl } from "../../view/state_view.ts";
import type { Sighting } from "../../view/timeline.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { eventEvidence, place, stateEvidence } from "../evidence.ts";
import { forwardingDisabled } from "../ip-forwarding-disabled/forwarding_disabled.ts";
import { cause, type Rule } from "../rule.ts";
import { frameOf } from "../shared/frame.ts";
import { address, device as deviceWord, mac as macWord } from "../word.ts";

/** A neighbour entry sent it to a host that has not the next hop's address. */
export const sentToWrongHost: Rule = {
  id: "R14",
  statement: "Died as in R1 on a host that has not the address which the frame's sender has a " +
    "neighbour entry for, though that address is of the very network the frame came by: " +
    "`destination-mac-mismatch`, with the entry. A router has the address that packets are " +
    "sent to it by, and stays R1's.",
  yields: ["destination-mac-mismatch"],
  judge(subject) {
    // A router has the next hop's address, a host that got the frame by mistake has not.
    if (subject.event.tunnelKind !== undefined || !forwardingDisabled.judge(subject)) return null;
    const mac = frameOf(subject)?.destinationMac;
    const way = mac === undefined ? null : entryUsed(subject, mac);
    if (!way || !isNeighbour(subject, way.hop)) return null;
    const { sender, hop, device } = way;
    const destination = subject.event.destination!;
    const where = `${netnsName(sender.node, sender.netns)} on ${sender.node.name}`;
    const next = hop === destination ? "" : `, the next hop to ${destination}`;
    const owners = ownersOf(subject.world.nodes, hop);
    const [owner] = owners;
    const entry = [address(hop), "dev", deviceWord(device)];
    const fix = owners.length === 1 && owner!.link.mac
      ? ["ip", "neigh", "replace", ...entry, "lladdr", macWord(owner!.link.mac)]
      : ["ip", "neigh", "del", ...entry];
    return cause(
      "destination-mac-mismatch",
      "proven",
      `${where} sent the packet to ${mac}, which it has for ${hop}${next}; that is the MAC of ${
        place(subject)
      }, which has no such address and does not forward`,
      [
        eventEvidence(subject, `frame addressed to ${mac}`),
        stateEvidence(sender.node, `neighbour entry in ${where}: ${way.text}`),
        stateEvidence(
          subject.node,
          `no device in ${netnsName(subject.node, subject.netns)} has address ${hop}`,
        ),
      ],
      command(sender.node, sender.netns, fix),
    );
  },
};

interface Used {
  sender: Sighting;
  hop: string;
  device: string;
  text: string;
}

/** The entry for the next hop that gave the frame its address. */
function entryUsed(subject: Case, mac: string): Used | null {
  const destination = subject.event.destination!;
  for (const { event: sender } of [...subject.judgement.steps].reverse()) {
    if (sender.kind !== "device-tx" || sender.destinationMac !== mac) continue;
    const state = stateAt(sender.node, sender.netns, sender.at);
    if (!state) continue;
    const hop = lookUpRoute(state, { destination }).route?.gateway ?? destination;
    const entry = state.neighbours.find((other) =>
      other.address === hop && other.mac === mac && other.device === sender.device
    );
    if (!entry) continue;
    const text = `${hop} dev ${entry.device} lladdr ${mac} ${entry.states.join(",")}`;
    return { sender, hop, device: entry.device, text };
  }
  return null;
}

/** The next hop is another host of the network that the frame came by, and no proxy ARP answers for it. */
function isNeighbour(subject: Case, hop: string): boolean {
  const { before, device } = subject;
  if (!before || ownsAddress(before, hop)) return false;
  const isProxy = ["all", device].some((name) =>
    sysctl(before, `net.ipv4.conf.${name}.proxy_arp`) === "1"
  );
  const route = lookUpRoute(before, { destination: hop }).route;
  return !isProxy && route?.type === "unicast" && !route.gateway && route.device === device;
}
