/** A new connection whose ends another one has. */
import type { Evidence } from "../../../event/report.ts";
import { isNetfilterDrop, refusalByConntrack } from "../../kernel/netfilter.ts";
import { type Sighting, sightingsBetween } from "../../view/timeline.ts";
import type { Case } from "../case.ts";
import { eventEvidence, packetText, place } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { lookAt } from "../shared/checked.ts";

/** Packets that begin one connection at the same moment are through the hooks long before: ns. */
const RACE_NS = 10e6;

/** Connection tracking was seen to refuse to enter its connection. */
export const conntrackClash: Rule = {
  id: "R152",
  statement: "`conntrack-clash`, proven: the answer of connection tracking was seen (script " +
    "`refused_conntrack`), by which the packet's connection was not entered, and the packet was freed. " +
    "A packet that began the same connection in the 10 ms before is told as the one that it met. " +
    "Where translation has no ports left, R75 says so before.",
  yields: ["conntrack-clash"],
  judge(subject) {
    const { event } = subject;
    if (!isNetfilterDrop(event) || refusalByConntrack(event) !== "not-entered") return null;
    const other = rivalOf(subject);
    return cause(
      "conntrack-clash",
      "proven",
      `connection tracking could not enter the connection of ${packetText(event)} at ${
        place(subject)
      }: another one has its ends${
        other ? ", as another packet of it came at the same moment" : ""
      }`,
      [
        eventEvidence(subject, "refused in __nf_conntrack_confirm, which enters new connections"),
        ...(other ? [rivalEvidence(subject, other)] : []),
      ],
      lookAt("insert_failed of conntrack -S, and who sends from one port twice at once"),
    );
  },
};

const endsOf = (event: Sighting): string => {
  const { source, destination, sourcePort, destinationPort } = event;
  return `${event.netns} ${event.protocol} ${source} ${sourcePort} ${destination} ${destinationPort}`;
};

/** Another packet with the same ends that left right before. */
function rivalOf({ node, event }: Case): Sighting | undefined {
  for (const other of sightingsBetween(node, event.at - RACE_NS, event.at)) {
    if (other.kind !== "device-tx" || other.skb === event.skb) continue;
    if (endsOf(other) === endsOf(event)) return other;
  }
  return undefined;
}

const rivalEvidence = ({ node, event }: Case, other: Sighting): Evidence => ({
  node: node.name,
  kind: "event",
  text: `${packetText(other)} with the same ends left by ${other.device ?? "?"} ${
    ((event.at - other.at) / 1e6).toFixed(1)
  } ms before`,
});
