/** Where a packet went into its tunnel, and what chose the other end. */
import type { Evidence } from "../../../event/report.ts";
import type { FdbEntry, Link } from "../../../event/state.ts";
import { netnsName } from "../../view/netns_names.ts";
import { stateAt } from "../../view/state_view.ts";
import type { Sighting } from "../../view/timeline.ts";
import type { Case } from "../case.ts";
import { stateEvidence } from "../evidence.ts";

/** Where a packet was put into the tunnel: the device, and what chose the outer destination. */
export interface Encapsulated {
  /** Sighting on the tunnel device, where one was made. */
  at: Sighting | null;
  link: Link | undefined;
  destination: string;
  evidence: Evidence[];
  /** The fdb entry that chose the destination. */
  entry: FdbEntry | undefined;
}

/** The last encapsulation on the packet's way. */
export function encapsulation(subject: Case): Encapsulated | null {
  const steps = subject.judgement.steps.map((step) => step.event);
  const outer = [...steps].reverse().find((event) => event.tunnelKind !== undefined);
  const index = outer
    ? steps.findLastIndex((event, i) => i < steps.indexOf(outer) && event.tunnelKind === undefined)
    : steps.length - 1;
  const at = steps.slice(0, index + 1).reverse().find((event) =>
    event.kind === "device-tx" && isTunnel(linkAt(event))
  );
  if (!outer && !at) return null;
  const link = at ? linkAt(at) : undefined;
  const entry = at && link?.tunnel ? fdbFor(at, link) : undefined;
  const destination = outer?.tunnelDestination ?? entry?.destination ?? link?.tunnel?.remote ?? "";
  const evidence: Evidence[] = [];
  if (outer) {
    evidence.push({
      node: outer.node.name,
      kind: "event",
      text: `encapsulated ${outer.tunnelKind} ${
        outer.tunnelId ?? ""
      } ${outer.tunnelSource} > ${outer.tunnelDestination}${
        outer.tunnelDestinationPort ? ` port ${outer.tunnelDestinationPort}` : ""
      }, seen at ${outer.device} of ${outer.node.name}`,
    });
  }
  if (entry && at) {
    evidence.push(
      stateEvidence(
        at.node,
        `fdb entry in ${
          netnsName(at.node, at.netns)
        }: ${entry.mac} dev ${entry.device} dst ${entry.destination} ${entry.flags.join(" ")}`,
      ),
    );
  } else if (link?.tunnel?.remote && at) {
    evidence.push(stateEvidence(at.node, `${link.name} has remote ${link.tunnel.remote}`));
  }
  return { at: at ?? null, link, destination, evidence, entry };
}

function linkAt(event: Sighting): Link | undefined {
  return stateAt(event.node, event.netns, event.at)?.links.find((link) =>
    link.ifindex === event.ifindex
  );
}

const isTunnel = (link: Link | undefined) => link?.tunnel !== undefined;

/** The entry for the frame's MAC, else the default one. */
function fdbFor(at: Sighting, link: Link): FdbEntry | undefined {
  const state = stateAt(at.node, at.netns, at.at);
  const own = state?.fdb.filter((entry) => entry.device === link.name && entry.destination) ?? [];
  return own.find((entry) => entry.mac === at.destinationMac) ??
    own.find((entry) => entry.mac === "00:00:00:00:00:00");
}

/** The last sighting of the packet with an outer header. */
export function lastOuter(subject: Case): Sighting | undefined {
  return subject.judgement.steps.map((step) => step.event).filter((event) =>
    event.tunnelKind !== undefined
  ).at(-1);
}
