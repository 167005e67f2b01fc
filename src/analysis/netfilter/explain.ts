/** From a finding to a cause. */
import type { CauseCode } from "../../event/codes.ts";
import type { Cause, Evidence } from "../../event/report.ts";
import type { NetfilterRule, NetnsState } from "../../event/state.ts";
import { isGivenBack } from "../kernel/netfilter.ts";
import type { Case } from "../rules/case.ts";
import { command, commandAnywhere } from "../rules/command.ts";
import { cause } from "../rules/rule.ts";
import { eventEvidence, packetText, place, stateEvidence } from "../rules/evidence.ts";
import { refusalRemedy } from "../rules/shared/refusal_remedy.ts";
import { assigned, named as nameWord } from "../rules/word.ts";
import { sysctl } from "../view/state_view.ts";
import type { Suspect } from "./candidates.ts";
import { type Finding, findingOf } from "./choose.ts";
import { type Service, serviceRefusedBy } from "./service.ts";
import { limitedBefore } from "./limited.ts";
import { type Outside, outsideConnection, untranslatedRemedy } from "./outside_connection.ts";
import { isToldChain, toldChainText, toldText } from "./told_rule.ts";
import { untakenBy } from "./tproxied.ts";
import { chainText, ruleEvidence, ruleText, suspectEvidence, suspectText } from "./words.ts";

/** What sort of refusal a rule's is, which decides the cause. */
export type Kind = "drop" | "reject" | "invalid" | "service" | "tunnel";

/** What sort of refusal the named rule's is. */
export function kindOf(subject: Case, { named, state }: Finding): Kind | null {
  if (!named || !state) return null;
  if (subject.event.tunnelKind !== undefined) return "tunnel";
  if (serviceRefusedBy(subject, named, state)) return "service";
  if (named.verdict.do === "reject") return "reject";
  return isForInvalid(named) ? "invalid" : "drop";
}

/** It refuses packets without a connection, and only as one of those it refused this one. */
function isForInvalid({ rule, path, ctStates }: Suspect): boolean {
  return ctStates.length > 0 && ctStates.every((state) => state === "invalid") &&
    [...path, ...(rule ? [rule] : [])].some((each) => /\binvalid\b/i.test(each.text));
}

const CODES: Record<Kind, CauseCode> = {
  drop: "netfilter-drop",
  reject: "netfilter-reject",
  invalid: "conntrack-invalid",
  service: "service-without-endpoint",
  tunnel: "tunnel-blocked",
};

/** The cause, by the one rule or policy that `findingOf` named. Ask `kindOf` first. */
export function explain(subject: Case, kind: Kind): Omit<Cause, "rule"> {
  const finding = findingOf(subject);
  const named = finding.named!;
  const service = serviceRefusedBy(subject, named, finding.state!);
  const limited = kind === "drop" || kind === "reject"
    ? limitedBefore(subject, named, finding.state!).slice(0, LIMITED_MAX)
    : [];
  const outside = limited.length === 0 ? outsideOf(subject, finding, kind) : null;
  const evidence = [
    eventEvidence(subject, finding.answer ? `${finding.answer} was sent back` : undefined),
    ...toldEvidence(subject, finding),
    ...suspectEvidence(subject, named, finding.around),
    ...limited.map((rule) => ruleEvidence(subject, rule, finding.around)),
    ...stateNote(subject, named),
    ...outside?.evidence ?? [],
    ...bridgeNote(subject, named, finding.state!),
  ];
  const sure = finding.proven && (kind !== "service" || service?.confidence === "proven");
  return cause(
    CODES[kind],
    sure ? "proven" : "likely",
    `${sentence(subject, finding, named, kind, service)}${limitText(limited)}${
      outside?.text ?? ""
    }`,
    evidence,
    kind === "service"
      ? serviceRemedy(service)
      : outside
      ? outside.remedy
      : (kind === "invalid" ? untranslatedRemedy(subject, finding.state!) : null) ??
        refusalRemedy(subject, named, finding.state, limited[0]),
  );
}

/** Of what is said to be invalid only what is known beside that. */
function outsideOf(subject: Case, { named, state, changed }: Finding, kind: Kind): Outside | null {
  if (kind === "tunnel" || kind === "service" || changed) return null;
  const outside = outsideConnection(subject, named!, state!);
  return kind === "invalid" && !outside?.hasPassed ? null : outside;
}

/** That the kernel was seen to come to the rule. */
const toldEvidence = ({ node, event }: Case, { told, chain }: Finding): Evidence[] => {
  const text = told !== null
    ? `right before, the kernel came to ${toldText(told)}, which drops it`
    : chain !== null
    ? event.refusedBy === undefined
      ? `the kernel freed it in ${toldChainText(chain)}`
      : `right before, ${toldChainText(chain)} was seen to refuse it`
    : null;
  return text === null ? [] : [{ node: node.name, kind: "event", text }];
};

/** [R135] The kernel was seen to come to a rule that drops the packet, and no such rule was read. */
export function toldAlone(subject: Case): Omit<Cause, "rule"> | null {
  const finding = findingOf(subject);
  const { told, named, unread, state } = finding;
  if (told === null || named !== null) return null;
  const { family, table, chain } = told;
  const isLeftOut = state?.netfilter.some((rule) =>
    rule.elided !== undefined && isToldChain(told, { ...rule, name: rule.chain })
  );
  const why = unread !== null
    ? `its text was not read (${unread})`
    : isLeftOut
    ? "it is among those that the reading left out"
    : "no such rule was read there, so the rules were changed meanwhile";
  return cause(
    subject.event.tunnelKind === undefined ? "netfilter-drop" : "tunnel-blocked",
    "proven",
    `${toldText(told)} dropped ${packetText(subject.event)} at ${place(subject)}; ${why}`,
    [eventEvidence(subject), ...toldEvidence(subject, finding)],
    command(subject.node, subject.netns, [
      ...["nft", "-a", "list", "chain"],
      ...[family, table, chain].map(nameWord),
    ]),
  );
}

/** Rules with a limit that are shown. */
const LIMITED_MAX = 2;

const limitText = ([first]: readonly NetfilterRule[]): string =>
  first
    ? `; the rule "${ruleText(first)}" before it lets such packets pass up to a limit, and did ` +
      "not let this one pass"
    : "";

function sentence(
  subject: Case,
  { answer }: Finding,
  named: Suspect,
  kind: Kind,
  service: Service | null,
): string {
  const { event } = subject;
  const { verdict } = named;
  const who = suspectText(named);
  const did = verdict.do === "reject" ? "rejected" : "dropped";
  if (kind === "tunnel") {
    return `the tunnel's own packets are blocked: ${who} ${did} ${outerText(event)} at ${
      place(subject)
    }`;
  }
  if (kind === "service") {
    const name = service?.name ? ` (${service.name})` : "";
    return `${
      address(subject)
    } is a service without endpoints${name}: ${who} ${did} the packet at ${place(subject)}`;
  }
  if (kind === "invalid") {
    return `connection tracking found ${packetText(event)} invalid, and ${who} ${did} it at ${
      place(subject)
    }`;
  }
  if (verdict.do === "queue") {
    const then = isGivenBack(event) ? "which did not let it go on" : "and no program let it go on";
    return `${who} handed ${packetText(event)} to a program, ${then}, at ${place(subject)}`;
  }
  const how = verdict.do === "reject" ? ` with ${answer ?? verdict.with}` : "";
  return `${who} ${did} ${packetText(event)}${how} at ${place(subject)}`;
}

function outerText(event: Case["event"]): string {
  const port = event.tunnelDestinationPort;
  const told = port === undefined ? "" : ` (UDP port ${port})`;
  return `${event.tunnelKind} ${event.tunnelSource} > ${event.tunnelDestination}${told}`;
}

function address({ event }: Case): string {
  if (event.destinationPort === undefined) return event.destination ?? "the address";
  const host = event.destination?.includes(":") ? `[${event.destination}]` : event.destination;
  return `${host}:${event.destinationPort}`;
}

/** Why rules of IP saw a packet that no host routed: the bridge shows them what it forwards. */
function bridgeNote(
  { node, event }: Case,
  { pass: { view } }: Suspect,
  state: NetnsState,
): Evidence[] {
  if (view.layer !== "ip" || !view.portInput || !view.portOutput) return [];
  const family = event.network === "ip6" ? "ip6tables" : "iptables";
  const name = `net.bridge.bridge-nf-call-${family}`;
  const bridge = state.links.find((link) => link.name === view.input);
  const own = family === "iptables"
    ? bridge?.bridge?.nfCallIptables
    : bridge?.bridge?.nfCallIp6tables;
  const setting = sysctl(state, name) === "1"
    ? `${name} = 1`
    : own
    ? `${view.input} has nf_call_${family} on`
    : null;
  return setting === null
    ? []
    : [stateEvidence(node, `${setting}: what a bridge forwards is shown to ${family}, too`)];
}

/** What was taken to hold of the connection, when the rule depends on it. */
function stateNote({ node, event }: Case, { ctStates, rule, path }: Suspect): Evidence[] {
  const asks = [...path, ...(rule ? [rule] : [])].some((each) =>
    /\bct state\b|--(ct)?state\b/.test(each.text)
  );
  if (!asks || ctStates.length === 0) return [];
  return [{
    node: node.name,
    kind: "event",
    text: `the flow's packets seen before it leave connection state ${ctStates.join(" or ")} for ${
      packetText(event)
    }`,
  }];
}

function serviceRemedy(service: Service | null): string[] {
  if (!service?.name) return [];
  const [namespace, name] = service.name.split("/");
  return commandAnywhere([
    ...["kubectl", "-n", nameWord(namespace), "get", "endpointslices", "-l"],
    assigned("kubernetes.io/service-name", nameWord(name)),
  ]);
}

const SUSPECTS_MAX = 5;

/** Netfilter dropped it, and which rule did can't be told. */
export function untold(subject: Case): Omit<Cause, "rule"> {
  const finding = findingOf(subject);
  const { suspects, others, answer, state, around, chain } = finding;
  const shown = [...suspects, ...others].slice(0, SUSPECTS_MAX);
  const rejected = answer !== null ||
    (suspects.length > 0 && suspects.every(({ verdict }) => verdict.do === "reject"));
  const outer = subject.event.tunnelKind !== undefined;
  const [only, ...more] = finding.cut ? [] : suspects;
  const untaken = only && more.length === 0 ? untakenBy(subject, only, state) : null;
  const who = only && more.length === 0
    ? `only ${suspectText(only)} can have, of what it meets there${untaken?.text ?? ""}`
    : `which rule did can't be told: ${why(subject, finding)}`;
  return cause(
    outer ? "tunnel-blocked" : rejected ? "netfilter-reject" : "netfilter-drop",
    "proven",
    `${chain ? toldChainText(chain) : "netfilter"} ${rejected ? "rejected" : "dropped"} ${
      packetText(subject.event)
    } at ${place(subject)}; ${who}`,
    [
      eventEvidence(subject, answer ? `${answer} was sent back` : undefined),
      ...toldEvidence(subject, finding),
      ...(state ? shown.flatMap((each) => suspectEvidence(subject, each, around).slice(0, 1)) : []),
      ...(untaken?.evidence ?? []),
    ],
    untaken?.remedy,
  );
}

/** Netfilter refused it: that nothing read there does is said only where nothing can. */
function why({ event }: Case, { unread, suspects, others, cut }: Finding): string {
  if (unread !== null) return `its rules were not read, or not all of them (${unread})`;
  if (suspects.length === 0) {
    if (cut) return "more rules lie on its way than are asked for one packet";
    const freed = `it was freed in ${event.function ?? "an unnamed function"}`;
    if (others.length === 0) {
      return `no rule or policy read there, of nft or of iptables-legacy, refuses any packet; ${freed}`;
    }
    const more = others.length === 1 ? "" : `, of ${others.length}`;
    return `whether it was one of those that refuse, such as ${
      suspectText(others[0]!)
    }${more}, could not be decided by what is known of the packet and its way; ${freed}`;
  }
  const chains = [...new Set(suspects.map(chainText))];
  return `${suspects.length} can have, in ${chains.slice(0, 3).join(", ")}${
    chains.length > 3 ? " and others" : ""
  }`;
}
