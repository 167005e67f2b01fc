/** Where a question for a link address (ARP, neighbour discovery) died while a tunnel carried it. */
import type { Evidence } from "../../../event/report.ts";
import { altered } from "../../../event/altered.ts";
import { isFreedByTunnelReceiver } from "../../kernel/tunnels.ts";
import { questionsFor } from "../../view/evidence.ts";
import { finding } from "../../view/finding.ts";
import { type Owner, ownersOf } from "../../view/state_view.ts";
import type { Sighting } from "../../view/timeline.ts";
import type { Case } from "../case.ts";
import { placeOf } from "../evidence.ts";
import type { Asked } from "./asked.ts";
import { freedText, whyDied } from "./aside_death.ts";

/**
 * The question's death inside a tunnel to a node of one of `owners`, and words for it. A tunnel floods
 * such a question to several ends, and what dies on the way to another one is no loss; hence only
 * what was sent to the owner's own node counts. `own` are the addresses of who asks.
 */
export function deathInTunnel(
  subject: Case,
  hop: string,
  own: ReadonlySet<string>,
  owners: readonly Owner[],
): Asked | null {
  const carried = questionsFor(subject.evidence, hop).filter((event) =>
    event.tunnelKind !== undefined && own.has(event.source ?? "") && isTo(event, subject, owners)
  );
  const free = carried.findLast(({ kind }) => kind === "drop") ?? unreadable(subject, carried);
  if (!free) return null;
  const { node, netns, device, tunnelKind, tunnelId, tunnelDestination, tunnelTtl } = free;
  const where = placeOf(node, netns, device ?? "?");
  const by = freedText(free);
  const ttl = (tunnelTtl ?? 2) <= 1 ? `, with a TTL of ${tunnelTtl} of the tunnel's packet` : "";
  const tunnel = `${tunnelKind}${tunnelId === undefined ? "" : ` ${tunnelId}`}`;
  const text = `; the question, in ${tunnel} to ${tunnelDestination}, `;
  const freed: Evidence = {
    node: node.name,
    kind: "event",
    text: `the question for ${hop} was freed in ${by} at ${where}${ttl}`,
  };
  const came = questionsFor(subject.evidence, hop).findLast((event) =>
    event.kind === "device-rx" && event.node === node && event.netns === netns &&
    event.skb === free.skb && event.at <= free.at
  );
  const why = came && whyDied(subject, came, free);
  return why
    ? {
      ...why,
      text: `${text}died at ${where}: ${why.text}`,
      evidence: [freed, ...why.evidence],
    }
    : { text: `${text}died at ${where} in ${by}${ttl}`, evidence: [freed], remedy: [] };
}

/** How soon a receiver frees what no device of its takes, ns. */
const REFUSED_NS = 100e6;

/** Frees by skb: what has no headers any more is told by nothing else. */
const freesBySkb = finding((event) =>
  event.kind === "drop" ? `${event.node.name} ${event.skb}` : undefined
);

/**
 * A free of what came in: GRE over IPv6 has taken its own headers off by then, so that what is left
 * reads as anything. It was that frame, where it is of the same memory, namespace and device.
 */
function unreadable(subject: Case, carried: readonly Sighting[]): Sighting | null {
  const came = carried.findLast(({ kind }) => kind === "device-rx");
  if (came === undefined) return null;
  const free = subject.evidence.with(freesBySkb, `${came.node.name} ${came.skb}`).find((event) =>
    isFreedByTunnelReceiver(event) && event.at >= came.at && event.at - came.at < REFUSED_NS &&
    event.netns === came.netns && event.ifindex === came.ifindex
  );
  if (free === undefined) return null;
  const { network, source, destination, arpOperation } = came;
  const { tunnelKind, tunnelId, tunnelSource, tunnelDestination, tunnelTtl } = came;
  return altered(free, {
    ...{ network, source, destination, arpOperation },
    ...{ tunnelKind, tunnelId, tunnelSource, tunnelDestination, tunnelTtl },
  });
}

const isTo = ({ tunnelDestination }: Sighting, { world }: Case, owners: readonly Owner[]) =>
  tunnelDestination !== undefined &&
  ownersOf(world.network, tunnelDestination).some(({ node }) =>
    owners.some((owner) => owner.node === node)
  );
