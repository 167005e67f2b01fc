/** A service address that leads nowhere, because of what it was translated to or was not. */
import { endPoint } from "../../../event/end_point.ts";
import type { NetfilterRule } from "../../../event/state.ts";
import { formOf } from "../../correlate/identity.ts";
import { isNetfilterDrop } from "../../kernel/netfilter.ts";
import { toolText } from "../../netfilter/words.ts";
import type { Judgement } from "../../verdict/judgement.ts";
import { isOwn } from "../../view/netns_names.ts";
import { ownersOf } from "../../view/state_view.ts";
import type { NodeView } from "../../view/timeline.ts";
import type { Case } from "../case.ts";
import { eventEvidence, place, stateEvidence } from "../evidence.ts";
import { neighbourUnresolved } from "../neighbour-unresolved/unresolved.ts";
import { noRoute } from "../no-route/no_route.ts";
import { routeRefuses } from "../route-blackhole/route_refuses.ts";
import { cause, type Rule } from "../rule.ts";
import { translatedBy } from "./translated_by.ts";
import { isAskedItself, isOfNetworkHere } from "./would_be_here.ts";

/** The destination as sent, when NAT changed it on the way. */
export function serviceAddress(
  subject: Case,
): { address: string; port: number | undefined } | null {
  const now = subject.event.destination;
  for (const step of subject.judgement.steps) {
    const form = formOf(step.event);
    if (form.destination !== now) return { address: form.destination, port: form.destinationPort };
  }
  const first = subject.judgement.steps[0]!.event;
  if (
    first.conntrackDirection === "original" && first.conntrackDestination !== undefined &&
    first.conntrackDestination !== now
  ) {
    return { address: first.conntrackDestination, port: first.conntrackDestinationPort };
  }
  return null;
}

/** A service address was translated to an address that nobody holds. */
export const endpointMissing: Rule = {
  id: "R50",
  statement: "Translated to an address that nobody holds and that could not be reached: " +
    "`service-without-endpoint`. Its link was asked for the address itself, or it died in its network: " +
    "where a refused route, or the route by which it came here, is for a network of which hosts have " +
    "routes to links there. Else it is the way that is gone, and somebody without a probe may hold it. " +
    "The rule that translates to it is named with its backend (nft, iptables-nft, iptables-legacy), with where another backend's rules lead; when no rule read " +
    "there leads to it, that is said.",
  yields: ["service-without-endpoint"],
  judge(subject) {
    const { event } = subject;
    if (event.tunnelKind !== undefined || event.kind !== "drop") return null;
    const service = serviceAddress(subject);
    if (!service || ownersOf(subject.world.network, event.destination!).length > 0) return null;
    const why = (isAskedItself(subject) ? neighbourUnresolved.judge(subject) : null) ??
      (isOfNetworkHere(subject) ? noRoute.judge(subject) ?? routeRefuses.judge(subject) : null);
    if (!why) return null;
    const name = endPoint(service.address, service.port);
    const target = endPoint(event.destination!, event.destinationPort);
    const by = translatedBy(subject, service);
    return cause(
      "service-without-endpoint",
      "likely",
      `${name} was translated${by.text} to ${target}, which nobody holds: ${why.sentence}`,
      [
        eventEvidence(subject, `sent to ${name}`),
        stateEvidence(subject.node, `no probed node has address ${event.destination}`),
        ...(by.evidence.length > 0 ? by.evidence : rulesFor(subject, service.address)),
        ...why.evidence.slice(1),
      ],
      undefined,
    );
  },
};

/** Rules that name the service address, as evidence. */
function rulesFor(subject: Case, address: string) {
  return (subject.before?.netfilter ?? []).filter((rule) => rule.text.includes(address)).slice(0, 3)
    .map((rule) => stateEvidence(subject.node, asRead(rule)));
}

/** No rule translated a service address that rules translate for other packets. */
export const serviceUntranslated: Rule = {
  id: "R51",
  statement: "A service address that rules translate for other packets, and not for this one: " +
    "`service-without-endpoint`. Says nothing by a rule for the packet's own port in a namespace that it " +
    "did not pass: the service leads somewhere, and it is rules where it passed that are missing, or it " +
    "died before it came to any. Nor by any rule where it came no further than a pod, which has none.",
  yields: ["service-without-endpoint"],
  judge(subject) {
    const { event, judgement } = subject;
    if (
      event.tunnelKind !== undefined || serviceAddress(subject) || judgement.outcome === "delivered"
    ) return null;
    if (judgement.end.kind === "silent" || isNetfilterDrop(event)) return null;
    // Where its translation may have been missed nothing says that there was none.
    if (judgement.outcome === "unknown" && !judgement.beyond) return null;
    const address = event.destination!;
    if (ownersOf(subject.world.network, address).length > 0) return null;
    const passed = placesOf(judgement);
    const isBeyondPod = passed.size > 1 ||
      judgement.steps.some(({ event }) => isOwn(event.node, event.netns));
    const ofItsPort = new RegExp(`\\bdport ${event.destinationPort}\\b`);
    for (const node of subject.world.nodes) {
      for (const [netns, list] of node.states) {
        const isPassed = passed.has(placeKey(node, netns));
        const state = list.at(-1)!.state;
        const translations = state.netfilter.filter(({ text }) =>
          /dnat|DNAT|KUBE-SVC|REDIRECT/.test(text) && mentions(text, address) &&
          (isPassed || (isBeyondPod && !ofItsPort.test(text)))
        );
        if (translations.length === 0) continue;
        return cause(
          "service-without-endpoint",
          "likely",
          `${address}${
            event.destinationPort === undefined ? "" : `:${event.destinationPort}`
          } is a service address, and no rule translated this packet: it went to ${
            place(subject)
          } as it was`,
          [
            eventEvidence(subject),
            ...translations.slice(0, 3).map((rule) => stateEvidence(node, asRead(rule))),
          ],
        );
      }
    }
    return null;
  },
};

/** Namespaces that the packet was seen in. */
const placesOf = ({ steps }: Judgement): ReadonlySet<string> =>
  new Set(steps.map(({ event: { node, netns } }) => placeKey(node, netns)));

const placeKey = ({ name }: NodeView, netns: number | undefined) => `${name} ${netns}`;

const asRead = ({ tool, family, table, chain, text }: NetfilterRule) =>
  `${toolText(tool, family)}: ${family} ${table} ${chain}: ${text}`;

function mentions(text: string, address: string): boolean {
  const escaped = address.replaceAll(".", "\\.");
  return new RegExp(`(^|[\\s{,"])${escaped}(/32|/128)?($|[\\s},."])`).test(
    text.replace(/(to|--to-destination)\s+\S+/g, ""),
  );
}
