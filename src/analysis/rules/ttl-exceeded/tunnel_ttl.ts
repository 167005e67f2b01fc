/** The TTL that a tunnel's device writes. */
import type { Evidence } from "../../../event/report.ts";
import { linkOf, stateAt } from "../../view/state_view.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { placeOf } from "../evidence.ts";
import { device as deviceWord } from "../word.ts";

/** Hosts begin with 64 or more; a lower one somebody chose. */
const USUAL_MIN = 64;

/**
 * Who put the packet into the tunnel whose TTL ran out, where the first that is seen of its outer header has a TTL
 * that no host begins with: the device has a `ttl` of its own, or takes the inner packet's (`inherit`).
 */
export function sentByTunnel(
  { judgement, event }: Case,
): { text: string; evidence: Evidence[]; remedy: string[] } | null {
  if (event.tunnelKind === undefined) return null;
  const sightings = judgement.steps.map((step) => step.event);
  const isOuter = (one: typeof event) =>
    one.tunnelKind === event.tunnelKind && one.tunnelSource === event.tunnelSource &&
    one.tunnelDestination === event.tunnelDestination;
  const at = sightings.findIndex(isOuter);
  const [before, first] = [sightings[at - 1], sightings[at]];
  const ttl = first?.tunnelTtl;
  if (!before || ttl === undefined || ttl >= USUAL_MIN) return null;
  const { node, netns } = before;
  const link = linkOf(stateAt(node, netns, before.at), before.ifindex, before.device);
  if (before.kind !== "device-tx" || node !== first!.node || link?.tunnel === undefined) {
    return null;
  }
  const inherits = before.ttl === ttl;
  return {
    text:
      `, which ${placeOf(node, netns, link.name)} had put into its tunnel with a TTL of ${ttl}` +
      (inherits ? ", that of the packet inside" : ""),
    evidence: [{
      node: node.name,
      kind: "event",
      text: `the packet was sent into ${link.name} with a TTL of ${
        before.ttl ?? "unknown"
      }, and left with ${ttl}`,
    }],
    remedy: command(node, netns, ["ip", "-d", "link", "show", "dev", deviceWord(link.name)]),
  };
}
