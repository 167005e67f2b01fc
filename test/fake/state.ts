/** Node states for tests: an empty one, with what a test is about. */
import { emptyState, type Link, type NetnsState } from "../../src/event/state.ts";

export const fakeState = (netns: number, some: Partial<NetnsState> = {}): NetnsState =>
  emptyState(netns, "1", some);

/** `addresses` as `10.0.0.1/24`. */
export function fakeLink(name: string, addresses: string[] = [], some: Partial<Link> = {}): Link {
  return {
    ifindex: 2,
    name,
    kind: "veth",
    mtu: 1500,
    flags: ["UP"],
    operstate: "UP",
    addresses: addresses.map((text) => {
      const [address = "", prefix] = text.split("/");
      return { address, prefix: Number(prefix), scope: "global" };
    }),
    ...some,
  };
}
