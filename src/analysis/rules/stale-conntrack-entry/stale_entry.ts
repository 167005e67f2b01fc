/** An entry of connection tracking that sends where no rule as read leads to. */
import { endPoint } from "../../../event/end_point.ts";
import type { Connection } from "../../../event/state_connections.ts";
import type { NetnsState } from "../../../event/state.ts";
import type { Evidence } from "../../../event/report.ts";
import { conntrackForm, type Form, formOf } from "../../correlate/identity.ts";
import { headersOf } from "../../netfilter/hook_packet.ts";
import { type Translation, translationsOf } from "../../netfilter/translations.ts";
import { ruleText, toolText } from "../../netfilter/words.ts";
import type { Judgement } from "../../verdict/judgement.ts";
import { netnsName } from "../../view/netns_names.ts";
import { isIncomplete, stateAfter, stateAt } from "../../view/state_view.ts";
import type { Sighting } from "../../view/timeline.ts";
import { stateEvidence } from "../evidence.ts";
import { checked } from "../shared/checked.ts";

/** Bits of a connection's status: it has seen a packet of the other direction, or many. */
const SEEN_REPLY = 0x2;
const ASSURED = 0x4;

const NAMES: Record<number, string> = { 6: "tcp", 17: "udp", 132: "sctp" };
const SHOWN_MAX = 3;

/** What an old entry does to a packet. */
export interface StaleEntry {
  /** The entry stood in a list that was read before the packet came. */
  isRead: boolean;
  /** `an old entry of connection tracking in n1 … leads to …`, a clause without a full stop. */
  text: string;
  evidence: Evidence[];
  remedy: string[];
}

/**
 * The old entry that translated the packet's destination; null when the rules, as read before and
 * after it, may lead where it went (one of several by chance or by affinity included), when not all
 * of them are known, or when nothing shows that the entry is older than the packet: then rules that
 * changed between two readings can have made it.
 */
export function staleEntryOf({ steps }: Judgement): StaleEntry | null {
  const at = steps.map(({ event }) => event).find(isTranslated);
  if (!at) return null;
  const [asked, went] = [conntrackForm(at)!, formOf(at)];
  const states = [
    ...new Set([stateAt(at.node, at.netns, at.at), stateAfter(at.node, at.netns, at.at)]),
  ].filter((state) => state !== null);
  const leads = states.map((state) => leadsOf(state, at, asked));
  const rules = leads[0];
  if (!rules || rules.length === 0) return null;
  if (leads.some((list) => list === null || list.length === 0 || list.some(isTo(went, asked)))) {
    return null;
  }
  const read = entryIn(at, asked, went);
  const isOld = ((at.conntrackStatus ?? 0) & (SEEN_REPLY | ASSURED)) !== 0;
  if (!read && !isOld) return null;
  const place = `${netnsName(at.node, at.netns) || "an unknown netns"} on ${at.node.name}`;
  const targets = [...new Set(rules.map((each) => endPoint(each.address, each.port)))];
  return {
    isRead: read?.isBefore === true,
    text: `an old entry of connection tracking in ${place} still sends ${
      endPoint(asked.destination, asked.destinationPort)
    } to ${endPoint(went.destination, went.destinationPort)}, and the rules as read there lead to ${
      targets.slice(0, SHOWN_MAX).join(", ")
    }`,
    evidence: [
      ...rules.slice(0, SHOWN_MAX).map(({ rule }) =>
        stateEvidence(
          at.node,
          `${netnsName(at.node, at.netns)}: ${
            toolText(rule.tool, rule.family)
          }: ${rule.family} table ${rule.table} chain ${rule.chain} rule ${rule.position}: ${
            ruleText(rule)
          }`,
        )
      ),
      read ? stateEvidence(at.node, entryText(read.connection)) : {
        node: at.node.name,
        kind: "event",
        text: "the packet's connection had seen answers before (its status in connection tracking)",
      },
    ],
    remedy: remedyFor(at, asked, went, read?.connection),
  };
}

/** A packet of the direction that asks, with another destination than it was sent to. */
function isTranslated(event: Sighting): boolean {
  if (event.conntrackDirection !== "original" || event.tunnelKind !== undefined) return false;
  const asked = conntrackForm(event);
  const now = formOf(event);
  return asked !== null && asked.protocol in NAMES && (asked.destination !== now.destination ||
    asked.destinationPort !== now.destinationPort);
}

/** Where rules lead the packet as it was sent; null where not all of them are known. */
function leadsOf(state: NetnsState, at: Sighting, asked: Form): Translation[] | null {
  if (isIncomplete(state, ["state", "netfilter", "iptables-legacy", "chains", "sets"])) return null;
  const { source, destination, sourcePort, destinationPort } = asked;
  const headers = { ...headersOf(at), source, destination, sourcePort, destinationPort };
  return translationsOf(state, headers);
}

const isTo = (went: Form, asked: Form) => ({ address, port }: Translation) =>
  address === went.destination && (port ?? asked.destinationPort) === went.destinationPort;

/** The entry in a list of the node, the last one read before the packet if there is one. */
function entryIn(at: Sighting, asked: Form, went: Form) {
  const list = (at.netns === undefined ? undefined : at.node.states.get(at.netns)) ?? [];
  const isIt = ({ protocol, original, reply }: Connection) =>
    protocol === asked.protocol && original.source === asked.source &&
    original.sourcePort === asked.sourcePort && original.destination === asked.destination &&
    original.destinationPort === asked.destinationPort && reply.source === went.destination &&
    reply.sourcePort === went.destinationPort;
  const found = list.flatMap((entry) => {
    const connection = entry.state.connections?.find(isIt);
    return connection ? [{ connection, isBefore: entry.at < at.at }] : [];
  });
  return found.findLast(({ isBefore }) => isBefore) ?? found[0];
}

function entryText({ protocol, original, reply, ...more }: Connection): string {
  const { status, timeoutSeconds, ageSeconds } = more;
  const words = [
    ...status,
    ...(ageSeconds === undefined ? [] : [`${ageSeconds} s old`]),
    ...(timeoutSeconds === undefined
      ? []
      : [`forgotten after ${timeoutSeconds} s without packets`]),
  ];
  return `conntrack: ${NAMES[protocol]} ${endPoint(original.source, original.sourcePort)} > ${
    endPoint(original.destination, original.destinationPort)
  }, answers from ${endPoint(reply.source, reply.sourcePort)}${
    words.length === 0 ? "" : `; ${words.join(", ")}`
  }`;
}

/**
 * The entry is deleted where the rules as read lead elsewhere without it. One that no list has was seen
 * by what it did to the packet: its answers come from where the packet went.
 */
function remedyFor(at: Sighting, asked: Form, went: Form, read?: Connection): string[] {
  const state = stateAt(at.node, at.netns, at.at);
  const connection = read ?? entryBy(asked, went);
  const known = state && {
    ...state,
    connections: [
      ...(state.connections ?? []).filter((each) => each !== connection),
      connection,
    ],
  };
  return checked({
    ...{ node: at.node, netns: at.netns, state: known },
    changes: [{ do: "delete-connection", connection }],
    passes: (after) => {
      const leads = leadsOf(after, at, asked);
      return !after.connections?.includes(connection) &&
        leads !== null && leads.length > 0 && !leads.some(isTo(went, asked));
    },
  });
}

function entryBy(asked: Form, went: Form): Connection {
  const { protocol, source, sourcePort, destination, destinationPort } = asked;
  const client = { destination: source, destinationPort: sourcePort };
  return {
    protocol,
    original: { source, sourcePort, destination, destinationPort },
    reply: { source: went.destination, sourcePort: went.destinationPort, ...client },
    status: [],
  };
}
