/** What lets two devices of one wire hear each other. */
import type { NetnsState, Route } from "../../../event/state.ts";
import { lookUpRoute, TABLES } from "../../view/routing.ts";
import { placeOf } from "../evidence.ts";
import { lastState, sysctl } from "../../view/state_view.ts";
import { checked, lookAt } from "../shared/checked.ts";
import type { Device, Kin } from "./kin.ts";
import { kinOf } from "./kin.ts";

/**
 * Children that are apart are set to mode bridge. The parent's host gets a child of its own, by which
 * it reaches the other one; where that would not do, it is said what would. `peer`: the child's
 * address, which the parent's host shall reach.
 */
export function kinRemedy(kin: Kin, hop: string, peer: string | undefined): string[] {
  return kin.are === "children" ? together(kin.apart) : besideChild(kin, hop, peer);
}

const lastOf = ({ node, netns }: Device): NetnsState | null => lastState(node, netns);

/** All of them, or none: one private child is enough to keep them apart. */
function together(apart: readonly Device[]): string[] {
  // A flag of ipvlan is that of all devices of its parent.
  if (apart.some(({ link }) => link.ipvlan)) return [];
  const lines = apart.map(({ node, netns, link }) =>
    checked({
      ...{ node, netns, state: lastOf({ node, netns, link }) },
      changes: [{ do: "set-macvlan-mode", device: link.name, kind: link.kind, mode: "bridge" }],
      passes: ({ links }) =>
        links.some(({ name, macvlanMode }) => name === link.name && macvlanMode === "bridge"),
    })
  );
  return lines.every((each) => each.length > 0) ? lines.flat() : [];
}

type Between = Extract<Kin, { are: "parent-child" }>;

function besideChild({ parent, child }: Between, hop: string, peer: string | undefined): string[] {
  const { node, netns, link } = parent;
  const own = link.addresses.map((each) => each.address)
    .find((each) => each.includes(":") === hop.includes(":") && !each.startsWith("fe80"));
  const state = lastOf(parent);
  const name = state && freeName(state);
  const words = lookAt(
    `give ${placeOf(node, netns, link.name)} a ${child.link.kind} of its own beside ` +
      `${child.link.name}, and move ${own ?? "its address"} there`,
  );
  // IPv6 answers for an address only on the device that has it; and other modes pass nothing.
  if (!name || !own || peer === undefined || hop.includes(":")) return words;
  if (child.link.macvlanMode !== "bridge" || !answersAnywhere(state, link.name)) return words;
  const route: Route = {
    ...{ family: 4, table: TABLES.main, type: "unicast", destination: `${peer}/32` },
    ...{ device: name, source: own },
  };
  const lines = checked({
    ...{ node, netns, state },
    changes: [
      { do: "add-macvlan", parent: link, name },
      { do: "set-up", device: name },
      { do: "add-route", route },
    ],
    passes: (after) => {
      const way = lookUpRoute(after, { destination: peer }).route?.device;
      const by = after.links.find((each) => each.name === way);
      return by?.flags.includes("UP") === true && hears({ node, netns, link: by }, child);
    },
  });
  return lines.length > 0 ? lines : words;
}

/** Both are in mode bridge on one parent. */
const hears = (own: Device, child: Device): boolean =>
  [own, child].every(({ link }) => link.macvlanMode === "bridge") &&
  own.link.peerIfindex === child.link.peerIfindex && kinOf(own, child) === null;

/** ARP answers for an address of another device, too. */
const answersAnywhere = (state: NetnsState, device: string): boolean =>
  ["all", device, "default"].every((name) =>
    ["0", undefined].includes(sysctl(state, `net.ipv4.conf.${name}.arp_ignore`))
  );

/** For a device that no other there has. */
function freeName({ links }: NetnsState): string | undefined {
  const taken = new Set(links.map(({ name }) => name));
  return ["macvlan0", "macvlan1", "macvlan2"].find((name) => !taken.has(name));
}
