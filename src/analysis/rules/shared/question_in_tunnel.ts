/** Where a question for a link address (ARP, neighbour discovery) died while a tunnel carried it. */
import type { Evidence } from "../../../event/report.ts";
import { questionsFor } from "../../view/evidence.ts";
import { type Owner, ownersOf } from "../../view/state_view.ts";
import type { Sighting } from "../../view/timeline.ts";
import type { Case } from "../case.ts";
import { placeOf } from "../evidence.ts";

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
): { text: string; evidence: Evidence[] } | null {
  const free = questionsFor(subject.evidence, hop).findLast((event) =>
    event.kind === "drop" && event.tunnelKind !== undefined && own.has(event.source ?? "") &&
    isTo(event, subject, owners)
  );
  if (!free) return null;
  const { node, netns, device, tunnelKind, tunnelId, tunnelDestination, tunnelTtl } = free;
  const where = placeOf(node, netns, device ?? "?");
  const by = `${free.function ?? "an unnamed function"}${free.reason ? ` (${free.reason})` : ""}`;
  const ttl = (tunnelTtl ?? 2) <= 1 ? `, with a TTL of ${tunnelTtl} of the tunnel's packet` : "";
  const tunnel = `${tunnelKind}${tunnelId === undefined ? "" : ` ${tunnelId}`}`;
  return {
    text: `; the question, in ${tunnel} to ${tunnelDestination}, died at ${where} in ${by}${ttl}`,
    evidence: [{
      node: node.name,
      kind: "event",
      text: `the question for ${hop} was freed in ${by} at ${where}${ttl}`,
    }],
  };
}

const isTo = ({ tunnelDestination }: Sighting, { world }: Case, owners: readonly Owner[]) =>
  tunnelDestination !== undefined &&
  ownersOf(world.network, tunnelDestination).some(({ node }) =>
    owners.some((owner) => owner.node === node)
  );
