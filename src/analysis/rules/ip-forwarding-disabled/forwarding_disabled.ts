/** A packet for somebody else in a namespace that does not forward. */
import {
  isInForwarding6,
  isRoutingDecision,
  namesMoreThanForwarding,
  saysForwardingOff,
} from "../../kernel/routing.ts";
import { isMulticast } from "../../view/address.ts";
import { acceptsAddress, netnsName, sysctl } from "../../view/state_view.ts";
import type { Case } from "../case.ts";
import { command, setDevice } from "../command.ts";
import { eventEvidence, place, stateEvidence, wireDestination } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { isSix } from "../shared/tables.ts";

function isTransit(found: Case): boolean {
  const { event } = found;
  if (event.kind !== "drop" || !isRoutingDecision(event)) return false;
  const destination = wireDestination(event);
  return !isMulticast(destination) && !acceptsAddress(found.before, destination);
}

/** A packet for somebody else died in the routing decision, and forwarding is off. */
export const forwardingDisabled: Rule = {
  id: "R1",
  statement:
    "Died in the routing decision, not addressed to this namespace, and forwarding is off " +
    "there (`net.ipv4.conf.DEV.forwarding`, `net.ipv6.conf.all.forwarding`), or IPv4 says so " +
    "(`IP_INADDRERRORS` in `ip_error`): `ip-forwarding-disabled`. Says nothing when the " +
    "kernel's reason names another cause.",
  yields: ["ip-forwarding-disabled"],
  judge(found) {
    if (!isTransit(found) || event6NotForward(found)) return null;
    const name = isSix(found)
      ? "net.ipv6.conf.all.forwarding"
      : `net.ipv4.conf.${found.device}.forwarding`;
    const isOff = (state: Case["before"]) => sysctl(state, name) === "0";
    // When it was switched off while traced, only the reading made after the drop shows it.
    const state = [found.before, found.after].find(isOff);
    if (!state) return saysNotForwarding(found, name);
    // Forwarding off in the netns explains the drop only where no reason names another cause.
    if (namesMoreThanForwarding(found.event)) return null;
    const global = isSix(found) ? name : "net.ipv4.ip_forward";
    const whole = sysctl(state, global);
    const setting = whole === "0" ? global : name;
    return cause(
      "ip-forwarding-disabled",
      "proven",
      `${
        netnsName(found.node, found.netns)
      } on ${found.node.name} does not forward: ${setting} is 0, so the packet for ${
        wireDestination(found.event)
      } that came in by ${found.device} died in ${found.event.function}`,
      [
        eventEvidence(found),
        stateEvidence(found.node, `${setting} = 0`),
        ...(setting === name ? [] : [stateEvidence(found.node, `${name} = 0`)]),
        stateEvidence(
          found.node,
          `no device in ${netnsName(found.node, found.netns)} has address ${
            wireDestination(found.event)
          }`,
        ),
      ],
      [
        setting === global
          ? command(found.node, found.netns, `sysctl -w ${global}=1`)
          : setDevice(found, "forwarding", 1),
      ],
    );
  },
};

/** IPv4's function for refused packets gives this reason where forwarding is off, and only there. */
function saysNotForwarding(found: Case, name: string) {
  const { function: by, reason } = found.event;
  if (!saysForwardingOff(found.event)) return null;
  const value = sysctl(found.before, name);
  const read = value === undefined ? "was not read" : `read ${value} before and after`;
  return cause(
    "ip-forwarding-disabled",
    "proven",
    `${place(found)} did not forward the packet for ${
      wireDestination(found.event)
    }: ${by} gives ${reason} where ${name} is 0, which ${read}`,
    [eventEvidence(found)],
    [command(found.node, found.netns, `sysctl -w ${name}=1`)],
  );
}

/** IPv6 checks forwarding in ip6_forward alone. */
function event6NotForward(found: Case): boolean {
  return isSix(found) && !isInForwarding6(found.event);
}
