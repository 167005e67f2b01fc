/** An advertisement of a router that a namespace got, and whose settings make it ignore it. */
import { advertisementsOn, type Asides } from "../../view/evidence.ts";
import type { NetnsState } from "../../../event/state.ts";
import { isNetfilterDrop } from "../../kernel/netfilter.ts";
import { netnsName } from "../../view/netns_names.ts";
import { sysctl } from "../../view/state_view.ts";
import type { NodeView } from "../../view/timeline.ts";
import { placeOf, stateEvidence } from "../evidence.ts";
import { cause } from "../rule.ts";
import { checked, lookAt } from "../shared/checked.ts";

/** Where a lookup of IPv6 found no route. */
export interface Routeless {
  node: NodeView;
  /** Inode of the network namespace. */
  netns: number | undefined;
  state: NetnsState | null;
  destination: string;
  /** Sightings that belong to no packet. */
  evidence: Asides;
}

const nameOf = (device: string, setting: string) => `net.ipv6.conf.${device}.${setting}`;

/** A host that forwards takes advertisements only with 2, another one with 1, too. */
function ignores(state: NetnsState, device: string): boolean {
  const accepts = sysctl(state, nameOf(device, "accept_ra"));
  const forwards = sysctl(state, nameOf(device, "forwarding"));
  if (accepts === undefined || forwards === undefined) return false;
  return forwards === "0" ? accepts === "0" : accepts !== "2";
}

/** `router-advertisement-ignored`; null where none was seen, or one that is taken. */
export function ignoredAdvertisement({ node, netns, state, destination, evidence }: Routeless) {
  if (!state || !destination.includes(":")) return null;
  const told = advertisementsOn(evidence, node.name);
  const seen = told.filter((event) =>
    event.kind === "device-rx" && event.netns === netns && event.packetType !== "loopback" &&
    !told.some((other) => other.skb === event.skb && isNetfilterDrop(other))
  );
  const device = seen[0]?.device;
  // A host that takes those of one device has other reasons to lack a route.
  if (device === undefined || !seen.every((each) => ignores(state, each.device ?? ""))) return null;
  const forwards = sysctl(state, nameOf(device, "forwarding")) !== "0";
  const accepts = sysctl(state, nameOf(device, "accept_ra"));
  const place = placeOf(node, netns, device);
  return cause(
    "router-advertisement-ignored",
    "likely",
    `${netnsName(node, netns)} on ${node.name} has no route to ` +
      `${destination}: it ignores the advertisements of router ${seen[0]!.source} on ${device}, ` +
      `because accept_ra is ${accepts}${forwards ? " and it forwards (then it must be 2)" : ""}`,
    [
      {
        node: node.name,
        kind: "event",
        text: `${seen.length} router advertisement${seen.length === 1 ? "" : "s"} of ${
          seen[0]!.source
        } came in by ${place}`,
      },
      ...["accept_ra", "forwarding"].map((setting) =>
        stateEvidence(
          node,
          `${nameOf(device, setting)} = ${sysctl(state, nameOf(device, setting))}`,
        )
      ),
      stateEvidence(node, `no route in ${netnsName(node, netns)} matches ${destination}`),
    ],
    [
      ...checked({
        ...{ node, netns, state },
        changes: [{ do: "set-sysctl", name: nameOf(device, "accept_ra"), value: 2 }],
        passes: (after) => !ignores(after, device),
      }),
      ...lookAt(`the route comes with the next advertisement on ${device}, which rdisc6 asks for`),
    ],
  );
}
