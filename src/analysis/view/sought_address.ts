/** Whether a namespace looked for a link address that it had not. */
import { askedAddress, asksWhoIsKnown } from "../kernel/neighbours.ts";
import { type Asides, ASKING_NS } from "./evidence.ts";
import { finding } from "./finding.ts";
import { firstAfter, firstFrom } from "./indexed.ts";
import type { Sighting } from "./timeline.ts";

/** A lookup that failed is told with its device, and not with the namespace, which it may be of. */
const bySeeking = finding((event) => {
  const isSeeking = event.kind === "neighbour"
    ? event.neighbourState === "FAILED" || event.neighbourState === "INCOMPLETE"
    : event.kind === "device-tx" && askedAddress(event) !== undefined && !asksWhoIsKnown(event);
  return isSeeking ? event.node.name : undefined;
});

/** Whether a namespace looked for a link address that it has not, so long before this until so long after. */
export const soughtAddress = (
  evidence: Asides,
  { node, netns, at }: Pick<Sighting, "node" | "netns" | "at">,
  forNs: number,
): boolean =>
  evidence.conclude(
    bySeeking,
    [node.name],
    `sought ${at} ${netns} ${forNs}`,
    (seeking) =>
      seeking.slice(firstFrom(seeking, at - ASKING_NS), firstAfter(seeking, at + forNs))
        .some((one) => one.kind === "neighbour" || one.netns === netns),
  );
