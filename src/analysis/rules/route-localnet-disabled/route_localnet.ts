/** Loopback addresses that NAT sends through a device on which the kernel does not route them. */
import { altered } from "../../../event/altered.ts";
import type { NetfilterRule } from "../../../event/state.ts";
import { isDestinationTranslated, isInHookWalk, isNetfilterDrop } from "../../kernel/netfilter.ts";
import { mayBeLocalnet } from "../../kernel/routing.ts";
import { findingOf } from "../../netfilter/choose.ts";
import { ruleText } from "../../netfilter/words.ts";
import { isLoopback } from "../../view/address.ts";
import { lookUpRoute, refuses, routeText } from "../../view/routing.ts";
import { netnsName } from "../../view/netns_names.ts";
import { isIncomplete, sysctl } from "../../view/state_view.ts";
import type { Case } from "../case.ts";
import { eventEvidence, packetText, place, placeOf, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { checked, lookAt } from "../shared/checked.ts";

/** Priority of destination translation among the chains of its hook. */
const DESTINATION_NAT_PRIORITY = -100;

/**
 * `route_localnet` is off where NAT needs it.
 *
 * What else looks like it: a packet that came from the wire with a loopback address nobody translated
 * (`martian-address`); a rule of the output hook after the translation; a translated packet without a
 * route. With the setting on, the kernel does not refuse these addresses at all.
 */
export const routeLocalnet: Rule = {
  id: "R76",
  statement:
    "Translated to a loopback address and refused where it came in, or translated with a loopback " +
    "source and refused before it could leave, where `route_localnet` of the device is off: " +
    "`route-localnet-disabled`.",
  yields: ["route-localnet-disabled"],
  judge(subject) {
    const { event } = subject;
    if (event.kind !== "drop" || event.network !== "ip4" || event.tunnelKind !== undefined) {
      return null;
    }
    return inbound(subject) ?? outbound(subject);
  },
};

/** From outside to a loopback address. */
function inbound(subject: Case) {
  const { event, device, node, before } = subject;
  const { destination = "" } = event;
  const from = translatedFrom(subject);
  if (!mayBeLocalnet(event) || !isLoopback(destination) || from === undefined) return null;
  const said = event.reason === "IP_LOCALNET";
  const off = isOff(subject, device);
  // Older kernels free here without this reason: then the setting as read has to say it.
  if (off === false || (off === undefined && !said)) return null;
  return cause(
    "route-localnet-disabled",
    "proven",
    `NAT sent ${from} to ${destination}${portWords(event.destinationPort)}, and ${
      place(subject)
    } does not let ` +
      "127.0.0.0/8 in: route_localnet is 0",
    [
      eventEvidence(subject),
      ...settings(subject, device),
      ...(before?.netfilter ?? [])
        .filter(({ text }) => /dnat|redirect/i.test(text) && text.includes(destination))
        .slice(0, 3).map((rule) => stateEvidence(node, ruleWords(rule))),
    ],
    remedy(subject, device),
  );
}

/** From a loopback address to the outside. */
function outbound(subject: Case) {
  const { event, node, netns, before, judgement } = subject;
  const { source = "", destination = "" } = event;
  if (!isNetfilterDrop(event) || !isInHookWalk(event) || !isDestinationTranslated(event)) {
    return null;
  }
  if (!isLoopback(source) || isLoopback(destination) || before === null) return null;
  if (judgement.steps.some((step) => step.event.kind === "device-rx")) return null;
  if (isRefusedByRule(subject) || isIncomplete(before, ["routes", "rules"])) return null;
  const { route, certain } = lookUpRoute(before, { source, destination });
  const device = route?.device;
  if (!route || refuses(route) || device === undefined || device === "lo") return null;
  if (isOff(subject, device) !== true) return null;
  const from = translatedFrom(subject) ?? packetText(event);
  return cause(
    "route-localnet-disabled",
    certain ? "proven" : "likely",
    `NAT sent ${from} to ${destination}${portWords(event.destinationPort)}, and ${
      placeOf(node, netns, device)
    } does not let packets from 127.0.0.0/8 out: route_localnet is 0`,
    [
      eventEvidence(subject),
      ...settings(subject, device),
      stateEvidence(node, `its way in ${netnsName(node, netns)}: ${routeText(route)}`),
      stateEvidence(node, "no rule or policy after the translation refuses it"),
    ],
    [
      ...remedy(subject, device),
      ...(before.netfilter.some(({ text }) => /masquerade|snat/i.test(text)) ? [] : lookAt(
        "no rule translates its source: with that of 127.0.0.0/8 no answer comes back",
      )),
    ],
  );
}

/** Of those that refuse only what comes after the translation can have met it so. */
function isRefusedByRule(subject: Case): boolean {
  const { unread, cut, suspects, answer } = findingOf(subject);
  return unread !== null || cut || answer !== null ||
    suspects.some(({ pass, base }) =>
      pass.view.hook === "output" && (base.chain.priority ?? 0) >= DESTINATION_NAT_PRIORITY
    );
}

/** The packet as it was before it was translated to the destination it died with. */
function translatedFrom({ judgement, event }: Case): string | undefined {
  const isOther = (address: string | undefined) =>
    address !== undefined && address !== event.destination;
  if (event.conntrackDirection === "original" && isOther(event.conntrackDestination)) {
    const { conntrackDestination: destination, conntrackDestinationPort } = event;
    const port = event.destinationPort === undefined ? undefined : conntrackDestinationPort;
    return packetText(altered(event, { destination, destinationPort: port }));
  }
  const before = judgement.steps.map((step) => step.event).find((other) =>
    isOther(other.destination)
  );
  return before && packetText(before);
}

const portWords = (port: number | undefined) => port === undefined ? "" : `:${port}`;

const namesOf = (device: string) =>
  ["all", device].map((name) => `net.ipv4.conf.${name}.route_localnet`);

/** Off for the device and for all of them; undefined: not read. */
function isOff({ before }: Case, device: string): boolean | undefined {
  const values = namesOf(device).map((name) => sysctl(before, name));
  if (values.includes("1")) return false;
  return values.includes(undefined) ? undefined : true;
}

const settings = ({ node, before }: Case, device: string) =>
  namesOf(device).flatMap((name) => {
    const value = sysctl(before, name);
    return value === undefined ? [] : [stateEvidence(node, `${name} = ${value}`)];
  });

const ruleWords = (rule: NetfilterRule) =>
  `${rule.family} ${rule.table} ${rule.chain}: ${ruleText(rule)}`;

const remedy = ({ node, netns, before: state }: Case, device: string) =>
  checked({
    ...{ node, netns, state },
    changes: [{ do: "set-sysctl", name: namesOf(device)[1]!, value: 1 }],
    passes: (after) => namesOf(device).some((name) => sysctl(after, name) === "1"),
  });
