/** Source translation that found no free port for a new connection. */
import { altered } from "../../../event/altered.ts";
import { finding, seenOn } from "../../view/finding.ts";
import type { Evidence } from "../../../event/report.ts";
import { isUnconfirmedTranslation, refusalByConntrack } from "../../kernel/netfilter.ts";
import { findingOf } from "../../netfilter/choose.ts";
import { headersOf } from "../../netfilter/hook_packet.ts";
import { ruleText } from "../../netfilter/words.ts";
import { type NodeView, type Sighting, sightingsBetween } from "../../view/timeline.ts";
import type { Case } from "../case.ts";
import { eventEvidence, packetText, place, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { checked, lookAt } from "../shared/checked.ts";
import { ownerWords } from "../shared/owner_words.ts";
import { ownerOf } from "../shared/owners.ts";
import { type PortRange, portsOf, rangesWith, withPorts } from "./port_range.ts";

/** Priority of source translation among the chains of its hook. */
const SOURCE_NAT_PRIORITY = 100;
/** Packets that pick the same port at one moment are through the hook long before: ns. */
const RACE_NS = 10e6;
/** Tries further apart are of different times: ns. */
const TRIES_NS = 60e9;
/** A port in use is in conntrack's table at least as long: a closed TCP connection's entry. */
const HELD_NS = 10e9;

/**
 * The kernel never refuses to translate: it takes a port that is in use, and the connection can't be
 * entered.
 *
 * What else looks like it: a rule or policy after the translation, which is asked first; two new
 * connections, or two packets of one, that pick a port at the same moment, of which one dies and
 * whose next try passes: so one try proves nothing, and tries of different connections count only
 * where no new connection got through between them.
 */
export const portsExhausted: Rule = {
  id: "R75",
  statement:
    "Refused when its connection was to be entered, with its source translated, by no rule or " +
    "policy: `nat-ports-exhausted`; proven when every port of the rule was seen in use, likely " +
    "when tries at different times died so.",
  yields: ["nat-ports-exhausted"],
  judge(subject) {
    const { event } = subject;
    if (!isUnconfirmedTranslation(event) || event.tunnelKind !== undefined) return null;
    if (isRefusedByRule(subject)) return null;
    const range = rangeOf(subject);
    const held = range === null ? [] : holdersOf(subject, range);
    const tries = triesOf(subject);
    const full = range !== null && held.length > range.last - range.first;
    if (!full && tries.length < 2) return null;
    return cause(
      "nat-ports-exhausted",
      full ? "proven" : "likely",
      sentence(subject, range),
      [
        eventEvidence(
          subject,
          `translated from ${original(event)}, and not ${
            refusalByConntrack(event) === null ? "yet " : ""
          }entered in conntrack's table${
            refusalByConntrack(event) === null ? "" : ", as connection tracking was seen to refuse"
          }`,
        ),
        ...triedEvidence(subject, tries),
        ...held.slice(0, 3).map((other) => heldEvidence(subject, other)),
        ...(range
          ? [stateEvidence(subject.node, `${chainOf(range)}: ${ruleText(range.rule)}`)]
          : []),
        stateEvidence(subject.node, "no rule or policy after the translation refuses it"),
      ],
      remedy(subject, range),
    );
  },
};

/** Of those that refuse only what comes after source translation can have met it so. */
function isRefusedByRule(subject: Case): boolean {
  const { unread, cut, suspects, answer } = findingOf(subject);
  return unread !== null || cut || answer !== null ||
    suspects.some(({ pass, base }) =>
      pass.view.hook !== "forward" && pass.view.hook !== "prerouting" &&
      (base.chain.priority ?? 0) >= SOURCE_NAT_PRIORITY
    );
}

/** The one rule that gave it the port; null: none that names ports, or several. */
function rangeOf(subject: Case): PortRange | null {
  const { event, device } = subject;
  const { state } = findingOf(subject);
  if (!state || event.sourcePort === undefined) return null;
  const headers = {
    ...headersOf(event),
    source: event.conntrackSource,
    sourcePort: event.conntrackSourcePort,
  };
  const ranges = rangesWith(state, { headers, output: device || undefined }, event.sourcePort);
  return ranges.length === 1 ? ranges[0]! : null;
}

const isToSameEnd = (a: Sighting, b: Sighting) =>
  a.netns === b.netns && a.protocol === b.protocol && a.source === b.source &&
  a.destination === b.destination && a.destinationPort === b.destinationPort;

const isSameOriginal = (a: Sighting, b: Sighting) =>
  a.conntrackSource === b.conntrackSource && a.conntrackSourcePort === b.conntrackSourcePort;

/** For each port of the range that was seen in use towards the same end, a packet that left with it. */
function holdersOf({ node, event }: Case, { first, last }: PortRange): Sighting[] {
  const ports = new Map<number, Sighting>();
  for (const other of sightingsBetween(node, event.at - HELD_NS - 1, event.at + 1)) {
    const port = other.sourcePort;
    if (other.kind !== "device-tx" || port === undefined || port < first || port > last) continue;
    if (!isToSameEnd(other, event)) continue;
    ports.set(port, other);
  }
  return [...ports.values()];
}

/** Tries that died this way, at different times. */
function triesOf({ node, event }: Case): Sighting[] {
  const near = [...sightingsBetween(node, event.at - TRIES_NS, event.at + TRIES_NS)];
  const dead = near.filter((other) => isUnconfirmedTranslation(other) && isToSameEnd(other, event));
  const own = apart(dead.filter((other) => isSameOriginal(other, event)));
  if (own.length > 1) return own;
  const all = apart(dead);
  return all.length > 1 && !hasNewBetween(node, all) ? all : [];
}

const apart = (events: readonly Sighting[]): Sighting[] =>
  events.reduce<Sighting[]>((kept, each) => {
    const last = kept.at(-1);
    return last && each.at - last.at < RACE_NS ? kept : [...kept, each];
  }, []);

const endOf = ({ netns, protocol, source, destination, destinationPort }: Sighting) =>
  `${netns} ${protocol} ${source} ${destination} ${destinationPort}`;

/** What was sent, by namespace, source and the end that it went to. */
const sentTo = finding((event) => event.kind === "device-tx" ? endOf(event) : undefined);

/** A connection of the same translation and server was first seen between these tries. */
function hasNewBetween(node: NodeView, tries: readonly Sighting[]): boolean {
  const known = new Set<number | undefined>();
  for (const other of seenOn(node, sentTo, endOf(tries[0]!))) {
    const isBetween = other.at > tries[0]!.at && other.at < tries.at(-1)!.at;
    if (isBetween && !known.has(other.sourcePort)) return true;
    known.add(other.sourcePort);
  }
  return false;
}

/** As it was sent. */
function original(event: Sighting): string {
  return packetText(altered(event, {
    source: event.conntrackSource ?? event.source,
    sourcePort: event.sourcePort === undefined ? undefined : event.conntrackSourcePort,
  }));
}

const chainOf = ({ rule }: PortRange) => `${rule.family} ${rule.table} ${rule.chain}`;

function sentence(subject: Case, range: PortRange | null): string {
  const { event } = subject;
  const none = `source translation at ${place(subject)} found no free port of ${event.source} for ${
    original(event)
  }`;
  if (event.sourcePort === undefined) {
    return `source translation at ${place(subject)} gave ${original(event)} the ends of another ` +
      `connection: from ${event.source} to ${event.destination} this protocol has no ports to tell two apart`;
  }
  if (range === null) {
    return `${none}: connections to the same server have those that the kernel tried`;
  }
  const { first, last } = range;
  const allows = first === last
    ? `allows the one port ${first}`
    : `allows the ${last - first + 1} ports ${first} to ${last}`;
  return `${none}: the rule "${
    ruleText(range.rule)
  }" in chain ${range.rule.chain} ${allows}, and ` +
    "other connections to the same server have them";
}

function triedEvidence({ node, event }: Case, tries: readonly Sighting[]): Evidence[] {
  if (tries.length < 2) return [];
  const seconds = (tries.at(-1)!.at - tries[0]!.at) / 1e9;
  return [{
    node: node.name,
    kind: "event",
    text: tries.every((each) => isSameOriginal(each, event))
      ? `${tries.length} tries of this connection in ${seconds.toFixed(1)} s died so`
      : `${tries.length} tries in ${seconds.toFixed(1)} s died so, and no new connection passed`,
  }];
}

const heldEvidence = ({ node }: Case, other: Sighting): Evidence => ({
  node: node.name,
  kind: "event",
  text: `port ${other.sourcePort} is in use: ${packetText(other)} left by ${other.device ?? "?"}`,
});

/** What the kernel takes where a rule names no ports, for connections from ports that all may use. */
const WIDE = "1024-65535";

/** A wider rule before the one of a person, where that is the first; else what to change is said. */
function remedy(subject: Case, range: PortRange | null): string[] {
  const { node, netns, event } = subject;
  const { state } = findingOf(subject);
  if (!range || !state) {
    return lookAt(
      `give the translation more addresses than ${event.source}, and see by conntrack -L -q ${event.source} who holds its ports`,
    );
  }
  const { rule, first, last } = range;
  const owner = ownerOf(rule, [], state.chains);
  if (owner) return ownerWords(subject, owner, null, [rule], state);
  const wide = withPorts(range, WIDE);
  const words = lookAt(
    `${
      chainOf(range)
    } rule ${rule.position}: give it more ports than ${first}-${last}, or more addresses`,
  );
  if (!wide || rule.position !== 1 || last - first > 60_000) return words;
  const lines = checked({
    ...{ node, netns, state },
    changes: [{ do: "insert-rule", rule: wide }],
    passes: ({ netfilter }) => {
      const [met] = netfilter.filter((each) =>
        each.tool === rule.tool && each.family === rule.family && each.table === rule.table &&
        each.chain === rule.chain
      ).sort((a, b) => a.position - b.position);
      const ports = met && portsOf(met);
      return ports ? ports.last - ports.first > last - first : false;
    },
  });
  return lines.length > 0 ? lines : words;
}
