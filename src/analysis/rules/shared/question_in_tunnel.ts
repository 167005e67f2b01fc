/** Where a question for a link address (ARP, neighbour discovery) died while a tunnel carried it. */
import type { Evidence } from "../../../event/report.ts";
import { questionsFor } from "../../view/evidence.ts";
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
  const free = questionsFor(subject.evidence, hop).findLast((event) =>
    event.kind === "drop" && event.tunnelKind !== undefined && own.has(event.source ?? "") &&
    isTo(event, subject, owners)
  );
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

const isTo = ({ tunnelDestination }: Sighting, { world }: Case, owners: readonly Owner[]) =>
  tunnelDestination !== undefined &&
  ownersOf(world.network, tunnelDestination).some(({ node }) =>
    owners.some((owner) => owner.node === node)
  );
