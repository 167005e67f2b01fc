/** Deaths in the routing decision: forwarding off, no route, a refusing one, rp_filter. */
import {
  isInForwarding6,
  isReversePathDrop,
  isRouteFailure,
  isRoutingDecision,
  namesMoreThanForwarding,
  saysForwardingOff,
  saysNoRoute,
} from "../kernel/routing.ts";
import { contains, isMulticast } from "../view/address.ts";
import { lookUpRoute, possibleRefusal, refusalFix, refuses, routeText } from "../view/routing.ts";
import { acceptsAddress, netnsName, sysctl } from "../view/state_view.ts";
import { martian } from "./martian.ts";
import { carries, causeOfDown, type DownEnd, downEnds } from "./carrier.ts";
import {
  type Case,
  cause,
  command,
  eventEvidence,
  place,
  type Rule,
  setDevice,
  stateEvidence,
  wireDestination,
  wireSource,
} from "./rule.ts";
import { timeToLive } from "./ttl.ts";

const isSix = (found: Case) => wireDestination(found.event).includes(":");

function isTransit(found: Case): boolean {
  const { event } = found;
  if (event.kind !== "drop" || !isRoutingDecision(event)) return false;
  const destination = wireDestination(event);
  return !isMulticast(destination) && !acceptsAddress(found.before, destination);
}

export const forwardingDisabled: Rule = {
  id: "R1",
  title: "a packet for somebody else died in the routing decision, and forwarding is off",
  judge(found) {
    if (!isTransit(found) || event6NotForward(found)) return null;
    const name = isSix(found)
      ? "net.ipv6.conf.all.forwarding"
      : `net.ipv4.conf.${found.device}.forwarding`;
    const isOff = (state: Case["before"]) => sysctl(state, name) === "0";
    // Switched off while traced: the reading that the drop asked for tells.
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

export const routeRefuses: Rule = {
  id: "R2",
  title: "the route or rule for its destination refuses",
  judge(found) {
    const { event } = found;
    if (event.kind !== "drop" || !isRouteFailure(event)) return null;
    const answer = refusalFor(found);
    if (!answer) return null;
    const { route, rule } = answer;
    const text = route
      ? `${routeText(route)}`
      : `rule ${rule!.priority}: ${rule!.action}${rule!.source ? ` from ${rule!.source}` : ""}${
        rule!.destination ? ` to ${rule!.destination}` : ""
      }${rule!.mark ? ` fwmark ${rule!.mark}` : ""}`;
    return cause(
      "route-blackhole",
      answer.certain ? "proven" : "likely",
      `the route for ${wireDestination(event)} in ${
        netnsName(found.node, found.netns)
      } on ${found.node.name} refuses packets: ${text}`,
      [eventEvidence(found), stateEvidence(found.node, text)],
      [command(found.node, found.netns, refusalFix(wireDestination(event), answer)!)],
    );
  },
};

function routeFor(found: Case) {
  return hasTables(found) ? lookUpRoute(found.before!, queryOf(found)) : null;
}

/**
 * What refused it: the tables' answer; or, where they surely have a way and a rule about marks or
 * ports does not, that rule, since the kernel found none.
 */
function refusalFor(found: Case) {
  const answer = routeFor(found);
  if (!answer) return null;
  const { route, rule, certain } = answer;
  if (route ? refuses(route) : rule !== null && rule.action !== "lookup") return answer;
  return certain || !route ? null : possibleRefusal(found.before!, queryOf(found));
}

const hasTables = ({ before }: Case) =>
  before !== null && !before.gaps.some((gap) => /route|rule/.test(gap.what));

const queryOf = (found: Case) => ({
  source: wireSource(found.event),
  destination: wireDestination(found.event),
  ...(found.device ? { inputDevice: found.device } : {}),
});

export const noRoute: Rule = {
  id: "R3",
  title: "no route for its destination",
  judge(found) {
    const { event } = found;
    if (event.kind !== "drop" || !isRouteFailure(event)) return null;
    const named = saysNoRoute(event);
    const answer = routeFor(found);
    const empty = answer !== null && answer.route === null &&
      (answer.rule === null || answer.rule.action === "lookup");
    // IPv6 says the same of a route that refuses: without state it may be either.
    const unsure = answer === null && wireDestination(event).includes(":");
    if (unsure || (!named && !empty)) return null;
    if (named && answer?.route && answer.certain && !isDown(found, answer.route.device)) {
      return null;
    }
    const down = lostWithLink(found);
    if (down.length > 0) return causeOfDown(found, down);
    const destination = wireDestination(event);
    const where = `${netnsName(found.node, found.netns)} on ${found.node.name}`;
    const evidence = [eventEvidence(found)];
    if (empty) {
      evidence.push(stateEvidence(found.node, `no route in ${where} matches ${destination}`));
    }
    return cause(
      "no-route",
      named || answer?.certain ? "proven" : "likely",
      `${where} has no route to ${destination}`,
      evidence,
      [command(found.node, found.netns, `ip route add ${destination} via GATEWAY`)],
    );
  },
};

/** A device that is down takes its routes with it: the one that has the network, or once had the way. */
function lostWithLink(found: Case): DownEnd[] {
  const { destination } = queryOf(found);
  const readings = found.node.states.get(found.netns ?? -1) ?? [];
  const ways = new Set(
    readings.map(({ state }) => lookUpRoute(state, queryOf(found)).route?.device),
  );
  const lost = found.before?.links.find((link) =>
    !carries(link) && (ways.has(link.name) ||
      link.addresses.some((own) => contains(`${own.address}/${own.prefix}`, destination)))
  );
  return lost ? downEnds(found, lost) : [];
}

function isDown(found: Case, device: string | undefined): boolean {
  const link = found.before?.links.find((other) => other.name === device);
  return link !== undefined && !link.flags.includes("LOWER_UP");
}

export const reversePathFilter: Rule = {
  id: "R4",
  title: "rp_filter judged the source unreachable through the arrival device",
  judge(found) {
    const { event } = found;
    if (event.kind !== "drop" || !isReversePathDrop(event)) return null;
    const all = sysctl(found.before, "net.ipv4.conf.all.rp_filter");
    const own = sysctl(found.before, `net.ipv4.conf.${found.device}.rp_filter`);
    const source = wireSource(event);
    const evidence = [eventEvidence(found)];
    if (all !== undefined) {
      evidence.push(stateEvidence(found.node, `net.ipv4.conf.all.rp_filter = ${all}`));
    }
    if (own !== undefined) {
      evidence.push(stateEvidence(found.node, `net.ipv4.conf.${found.device}.rp_filter = ${own}`));
    }
    const back = found.before && lookUpRoute(found.before, { destination: source });
    const way = back?.route ? routeText(back.route) : "there is none";
    if (back) evidence.push(stateEvidence(found.node, `route back to ${source}: ${way}`));
    return cause(
      "reverse-path-filter",
      "proven",
      `rp_filter refused ${source} on ${
        place(found)
      }: the route back to it is not through ${found.device} (${way})`,
      evidence,
      [
        setDevice(found, "rp_filter", 2),
        ...(all === "1"
          ? [command(found.node, found.netns, "sysctl -w net.ipv4.conf.all.rp_filter=2")]
          : []),
      ],
    );
  },
};

export const forwardingRules: Rule[] = [
  forwardingDisabled,
  routeRefuses,
  noRoute,
  reversePathFilter,
  martian,
  timeToLive,
];
