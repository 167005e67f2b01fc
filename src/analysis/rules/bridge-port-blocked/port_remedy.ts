/** What to do about a bridge port that let a frame not pass. */
import type { Link, NetnsState } from "../../../event/state.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { checked } from "../shared/checked.ts";
import { device } from "../word.ts";

type Port = NonNullable<Link["bridgePort"]>;

const portOf = ({ links }: NetnsState, name: string) => links.find((link) => link.name === name);

/** These settings of the port are changed, as far as they are others now. */
export function withPort(
  { node, netns, before: state }: Case,
  { name }: Link,
  port: Partial<Port>,
): string[] {
  return checked({
    ...{ node, netns, state },
    changes: [{ do: "set-port", device: name, port }],
    passes: (after) => {
      const now = portOf(after, name)?.bridgePort;
      return now !== undefined &&
        Object.entries(port).every(([key, value]) => now[key as keyof Port] === value);
    },
  });
}

/** What somebody wrote into the bridge's table: what a hairpin sends back goes to where it came from, and not to whom that names. */
export const entriesBehind = ({ node, netns }: Case, { name }: Link): string[] =>
  command(node, netns, ["bridge", "fdb", "show", "brport", device(name)]);

/** Forwards again; where the spanning tree protocol sets the port's state, nobody else may. */
export function forwarding(subject: Case, port: Link): string[] {
  const { node, netns, before } = subject;
  const bridge = before?.links.find(({ ifindex }) => ifindex === port.masterIfindex);
  if (bridge?.bridge?.stp !== true) return withPort(subject, port, { state: "forwarding" });
  return command(node, netns, ["bridge", "-d", "link", "show", "dev", device(port.name)]);
}

/**
 * The VLAN is one of the port's: without a tag where the port gives none, for a host that knows of no VLAN, unless
 * what is behind the port was seen to send it tagged.
 */
export function allowing(
  { node, netns, before: state }: Case,
  { name, vlans = [] }: Link,
  id: number,
  sent?: "tagged",
): string[] {
  const untagged = sent === undefined && vlans.length > 0 && vlans.every((vlan) => vlan.untagged);
  return checked({
    ...{ node, netns, state },
    changes: [{ do: "allow-vlan", device: name, id, untagged }],
    passes: (after) =>
      portOf(after, name)?.vlans?.some((vlan) => vlan.id <= id && id <= (vlan.idEnd ?? vlan.id)) ===
        true,
  });
}
