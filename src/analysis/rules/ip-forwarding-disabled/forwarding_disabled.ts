/** A packet for somebody else in a namespace that does not forward. */
import {
  isDiscarded,
  isInForwarding6,
  isRoutingDecision,
  namesMoreThanForwarding,
  saysForwardingOff,
} from "../../kernel/routing.ts";
import { isMulticast } from "../../view/address.ts";
import { lookUpRoute, refuses } from "../../view/routing.ts";
import { netnsName } from "../../view/netns_names.ts";
import { acceptsAddress, sysctl } from "../../view/state_view.ts";
import type { Case } from "../case.ts";
import { command } from "../command.ts";
import { eventEvidence, place, stateEvidence, wireDestination } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { checked, lookAt } from "../shared/checked.ts";
import { type Rewritten, rewrittenByFilter } from "../shared/rewritten_by_filter.ts";
import { ipFor } from "../shared/route_command.ts";
import { isSix, queryOf } from "../shared/tables.ts";
import { directorOf } from "../shared/virtual_services.ts";
import { address, named } from "../word.ts";

/** What came in a frame for a group no host forwards, whatever its settings are. */
function isTransit(subject: Case): boolean {
  const { event } = subject;
  if (event.packetType === "broadcast" || event.packetType === "multicast") return false;
  if (event.kind !== "drop" || !isRoutingDecision(event) || isDiscarded(event)) return false;
  const destination = wireDestination(event);
  return !isMulticast(destination) && !acceptsAddress(subject.before, destination);
}

/** A packet for somebody else died in the routing decision, and forwarding is off. */
export const forwardingDisabled: Rule = {
  id: "R1",
  statement:
    "Died in the routing decision, not addressed to this namespace and in no frame for a group, and " +
    "forwarding is off there (`net.ipv4.conf.DEV.forwarding`, `net.ipv6.conf.all.forwarding`), or IPv4 says so " +
    "(`IP_INADDRERRORS` in `ip_error`): `ip-forwarding-disabled`. Where IPVS hands the packet on to this " +
    "host by direct routing, the host must have the service's address: that is said, and not to forward. So is " +
    "the filter of tc that gave what came for this host a destination which nobody has here and which the " +
    "tables look for where it came from. Says nothing when the kernel's reason names another cause.",
  yields: ["ip-forwarding-disabled"],
  judge(subject) {
    if (!isTransit(subject) || event6NotForward(subject)) return null;
    const name = isSix(subject)
      ? "net.ipv6.conf.all.forwarding"
      : `net.ipv4.conf.${subject.device}.forwarding`;
    const isOff = (state: Case["before"]) => sysctl(state, name) === "0";
    // When it was switched off while traced, only the reading made after the drop shows it.
    const state = [subject.before, subject.after].find(isOff);
    if (!state) return saysNotForwarding(subject, name);
    // Forwarding off in the netns explains the drop only where no reason names another cause.
    if (namesMoreThanForwarding(subject.event)) return null;
    const global = isSix(subject) ? name : "net.ipv4.ip_forward";
    const whole = sysctl(state, global);
    const setting = whole === "0" ? global : name;
    const director = directorOf(subject);
    const missing = wireDestination(subject.event);
    const rewritten = rewrittenByFilter(subject);
    return cause(
      "ip-forwarding-disabled",
      "proven",
      `${
        netnsName(subject.node, subject.netns)
      } on ${subject.node.name} does not forward: ${setting} is 0, so the packet for ${
        wireDestination(subject.event)
      } that came in by ${subject.device} died in ${subject.event.function}${
        director === null
          ? ""
          : `; IPVS of ${
            netnsName(director.node, director.netns)
          } on ${director.node.name} hands it on as it is (direct routing), and ${missing} is not here`
      }${
        rewritten === null
          ? ""
          : `; it came for ${rewritten.from}, which is here, and a filter of tc made ${missing} of that`
      }`,
      [
        eventEvidence(subject),
        stateEvidence(subject.node, `${setting} = 0`),
        ...(setting === name ? [] : [stateEvidence(subject.node, `${name} = 0`)]),
        stateEvidence(
          subject.node,
          `no device in ${netnsName(subject.node, subject.netns)} has address ${
            wireDestination(subject.event)
          }`,
        ),
        ...(rewritten === null ? [] : [filterEvidence(subject, rewritten)]),
      ],
      rewritten !== null
        ? lookAt(
          `the filter of tc at ${subject.device} makes ${missing} of ${rewritten.from}: correct it, or give ` +
            "this host that address; to forward would send the packet back where it came from",
        )
        : director === null
        ? forwards(subject, state, setting)
        : lookAt(
          `this host is a real server of ${missing}, which it must have itself, as on lo, without ` +
            "answering ARP for it; to forward would send the packet round",
        ),
    );
  },
};

function filterEvidence({ node, device }: Case, { filter: { where, text } }: Rewritten) {
  return stateEvidence(node, `tc filter ${device} ${where}: ${text}`);
}

/** IPv4's function for refused packets gives this reason where forwarding is off, and only there. */
function saysNotForwarding(subject: Case, name: string) {
  const { function: by, reason } = subject.event;
  if (!saysForwardingOff(subject.event)) return null;
  const value = sysctl(subject.before, name);
  const read = value === undefined ? "was not read" : `read ${value} before and after`;
  return cause(
    "ip-forwarding-disabled",
    "proven",
    `${place(subject)} did not forward the packet for ${
      wireDestination(subject.event)
    }: ${by} gives ${reason} where ${name} is 0, which ${read}`,
    [eventEvidence(subject)],
    command(subject.node, subject.netns, ["sysctl", named(name)]),
  );
}

/** IPv6 checks forwarding in ip6_forward alone. */
function event6NotForward(subject: Case): boolean {
  return isSix(subject) && !isInForwarding6(subject.event);
}

/** Switched on, where the tables have a way for the packet; else the setting is shown. */
function forwards(subject: Case, state: Case["before"], setting: string): string[] {
  const { node, netns, device } = subject;
  const own = isSix(subject)
    ? "net.ipv6.conf.all.forwarding"
    : `net.ipv4.conf.${device}.forwarding`;
  const lines = checked({
    ...{ node, netns, state },
    changes: [{ do: "set-sysctl", name: setting, value: 1 }],
    passes: (after) => {
      const { route } = lookUpRoute(after, queryOf(subject));
      return sysctl(after, own) === "1" && route !== null && !refuses(route);
    },
  });
  if (lines.length > 0) return lines;
  const destination = wireDestination(subject.event);
  return [
    ...command(node, netns, ["sysctl", named(setting)]),
    ...command(node, netns, [...ipFor(destination), "route", "get", address(destination)]),
  ];
}
