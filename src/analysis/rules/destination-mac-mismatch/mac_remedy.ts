/** What to do about a frame that came to a device with another MAC. */
import type { Link } from "../../../event/state.ts";
import { ownersThen } from "../../view/presence.ts";
import { lastState, ownsAddress, stateAt } from "../../view/state_view.ts";
import type { Sighting } from "../../view/timeline.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import type { Change } from "../shared/change.ts";
import { checked } from "../shared/checked.ts";
import { lastOuter } from "../shared/encapsulation.ts";
import { entryUsed, type Used } from "../shared/entry_used.ts";
import { thenOf } from "../shared/then.ts";
import { keeperWords, leadsTo, toEndpoint } from "../shared/tunnel_way.ts";
import { address, device as deviceWord, named } from "../word.ts";

/** The device becomes a port of the bridge that leads to the MAC. */
export function asPort({ node, netns, before: state, device }: Case, bridge: Link): string[] {
  const changes: Change[] = [{ do: "set-master", device, master: bridge.name }];
  const passes = ({ links }: NonNullable<Case["before"]>) =>
    links.find(({ name }) => name === device)?.masterIfindex === bridge.ifindex;
  return checked({ node, netns, state, changes, passes });
}

/** The bridge's table forgets that the MAC is behind this port, and floods until it has learned. */
export function withoutEntry(port: Sighting, mac: string): string[] {
  const { node, netns, at } = port;
  const state = stateAt(node, netns, at);
  const wrong = state?.fdb.find((entry) =>
    entry.mac === mac && entry.device === port.device && entry.master !== undefined
  );
  if (!wrong) return [];
  const { device, master, vlan } = wrong;
  const entry = {
    device,
    mac,
    flags: [],
    ...(master ? { master } : {}),
    ...(vlan ? { vlan } : {}),
  };
  const isWrong = (other: typeof wrong) =>
    other.mac === mac && other.device === device && other.master === master && other.vlan === vlan;
  return checked({
    ...{ node, netns, state },
    changes: [{ do: "delete-fdb", entry }],
    passes: ({ fdb }) => !fdb.some(isWrong),
  });
}

/**
 * The sender's entry is made right where the MAC of its next hop is known. A tunnel device that does
 * not learn needs to be told as well to which node the MAC leads. Where another device has the very
 * address and MAC of the entry, it is right, and the device that got the frame in its place is not: it
 * takes that MAC where it stands for the other one, by the same address. Else what is between led the
 * frame astray.
 */
export function entryRemedy(subject: Case, mac: string, destination: string): string[] {
  const used = entryUsed(subject, mac);
  if (!used) return [];
  const { sender, hop, device } = used;
  const { node, netns } = sender;
  const right = isRight(subject, used, mac);
  if (right && !ownsAddress(subject.before, hop)) return ledBy(subject);
  const lines = right ? withMac(subject, mac) : entryFix(subject, used);
  if (lines.length > 0) return [...(destination === hop ? [] : keeperWords(device)), ...lines];
  return command(node, netns, ["ip", "neigh", "show", address(hop), "dev", deviceWord(device)]);
}

/** The table of the Open vSwitch by whose port the frame was sent here; of others nothing is known. */
function ledBy({ judgement }: Case): string[] {
  const sent = judgement.steps.map((step) => step.event)
    .findLast((event) => event.kind === "device-tx");
  const state = sent && stateAt(sent.node, sent.netns, sent.at);
  const bridge = state?.openvswitch?.bridges.find(({ ports }) =>
    ports.some((port) => port.device === sent!.device)
  );
  return bridge && sent
    ? command(sent.node, sent.netns, ["ovs-appctl", "fdb/show", named(bridge.name)])
    : [];
}

const isRight = (subject: Case, { hop }: Used, mac: string): boolean =>
  ownersThen(subject.world.network, hop, thenOf(subject)).some(({ link }) => link.mac === mac);

function entryFix(subject: Case, { sender, hop, device, text, permanent }: Used): string[] {
  const { node, netns } = sender;
  const right = macOfHop(subject, hop);
  const state = lastState(node, netns);
  if (!right || !state || text === undefined) return [];
  const link = state.links.find(({ name }) => name === device);
  const end = link?.tunnel && link.tunnel.learning !== true ? lastOuter(subject) : undefined;
  const endpoint = end?.node === subject.node ? end.tunnelDestination : undefined;
  const learned = !permanent && !link?.tunnel && !link?.flags.includes("NOARP");
  const changes: Change[] = [
    learned
      ? { do: "delete-neighbour", address: hop, device }
      : { do: "set-neighbour", address: hop, device, mac: right },
    ...(endpoint === undefined ? [] : toEndpoint(state, device, right, endpoint)),
  ];
  return checked({
    ...{ node, netns, state, changes },
    passes: ({ neighbours, ...after }) =>
      neighbours.every((entry) =>
        entry.address !== hop || entry.device !== device || entry.mac === right ||
        entry.mac === undefined
      ) && (endpoint === undefined || leadsTo(after, device, right, endpoint)),
  });
}

/** The MAC of the next hop: of the device that the frame came to, when its host has the address. */
function macOfHop(subject: Case, hop: string): string | undefined {
  const isHere = ownsAddress(subject.before, hop) ||
    subject.link?.addresses.some((own) => own.address === hop);
  if (isHere) return subject.link?.mac;
  const owners = ownersThen(subject.world.network, hop, thenOf(subject));
  const macs = new Set(owners.map(({ link }) => link.mac));
  return macs.size === 1 ? [...macs][0] : undefined;
}

/** The device takes the MAC, unless a neighbour knows it by the one it has. */
function withMac({ node, netns, before: state, device, link, world }: Case, mac: string): string[] {
  const isKnown = world.nodes.some((other) =>
    [...other.states.values()].some((readings) =>
      readings.at(-1)!.state.neighbours.some((entry) => entry.mac === link?.mac)
    )
  );
  if (isKnown) return [];
  return checked({
    ...{ node, netns, state },
    changes: [{ do: "set-mac", device, mac }],
    passes: ({ links }) => links.find(({ name }) => name === device)?.mac === mac,
  });
}
