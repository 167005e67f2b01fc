/** What connection tracking can have said of a packet, by what went through before it. */
import { deepEqual, ok } from "node:assert/strict";
import type { Event } from "../../event/event.ts";
import { emptyState, type Link } from "../../event/state.ts";
import { caseFor } from "../../../test/netfilter/case_fixture.ts";
import { ctStatesOf } from "./ct_states.ts";
import { rulesetOf } from "./ruleset.ts";

const link = (ifindex: number, name: string, more: Partial<Link> = {}): Link => ({
  ...{ ifindex, name, kind: "veth", mtu: 1500, flags: [], operstate: "UP", addresses: [] },
  ...more,
});

const port = { state: "forwarding", hairpin: false, isolated: false, learning: true };

/** A router, or with `calls` a bridge that shows its frames to the hooks of IP, or does not. */
function stateOf(calls?: boolean) {
  const onBridge = calls === undefined ? {} : { masterIfindex: 4, bridgePort: port };
  return emptyState(1, "0", {
    links: [
      link(2, "left", onBridge as Partial<Link>),
      link(3, "right", onBridge as Partial<Link>),
      ...(calls === undefined ? [] : [link(4, "br0", { kind: "bridge" })]),
    ],
    sysctls: { "net.bridge.bridge-nf-call-iptables": calls ? "1" : "0" },
  });
}

const request: Event = {
  ...{ kind: "device-rx", timeNs: 0n, cpu: 0, skb: "a", head: "b", netns: 1, ifindex: 2 },
  ...{ device: "left", network: "ip4", protocol: 17, source: "10.1.0.2", destination: "10.2.0.2" },
  ...{ sourcePort: 4000, destinationPort: 53, ttl: 64, ipId: 7, payload: 8, length: 36 },
};
const answer: Event = {
  ...{ ...request, skb: "c", head: "d", ifindex: 3, device: "right", ipId: 9 },
  ...{ source: "10.2.0.2", destination: "10.1.0.2", sourcePort: 53, destinationPort: 4000 },
};
const refused = (event: Event): Event => ({
  ...event,
  ...{ kind: "drop", function: "nf_hook_slow", reason: "NETFILTER_DROP" },
});
const again: Event = { ...request, skb: "e", head: "f", ipId: 11 };

function statesOf(events: readonly Event[], calls?: boolean) {
  const subject = caseFor({ events, before: stateOf(calls), skb: events.at(-1)!.skb });
  return new Set(ctStatesOf(subject, rulesetOf(stateOf(calls))).likely);
}

const last = (...before: Event[]) => [...before, again, refused(again)];

Deno.test("[N2] a datagram after one of the other direction belongs to a connection", () => {
  deepEqual(statesOf(last(answer)), new Set(["established"]));
  deepEqual(statesOf(last(answer), true), new Set(["established"]));
  deepEqual(statesOf(last()), new Set(["new", "established"]));
});

Deno.test("[N2] conntrack knows nothing of what a bridge let past it", () => {
  deepEqual(statesOf(last(answer), false), new Set(["new", "established"]));
});

Deno.test("[N2] what was refused left no connection, also when it was translated before", () => {
  const late: Event = { ...refused(answer), sourcePort: 5353, source: "10.2.0.7" };
  deepEqual(statesOf(last(answer, refused(answer))), new Set(["new", "established"]));
  deepEqual(statesOf(last(answer, late)), new Set(["new", "established"]));
});

const tcp = (event: Event, tcpFlags: number): Event => ({ ...event, protocol: 6, tcpFlags });

Deno.test("[N2] a second segment without a first one leaves no connection", () => {
  const [SYN, ACK] = [2, 16];
  const [first, second] = [tcp(request, SYN), tcp(answer, SYN | ACK)];
  const third = tcp(again, ACK);
  const end = [third, refused(third)];
  ok(!statesOf([first, second, ...end]).has("new"));
  ok(statesOf([second, ...end]).has("new"));
  ok(statesOf([first, refused(first), second, ...end]).has("new"));
});

Deno.test("[N2] flags that no segment has make it invalid", () => {
  for (const flags of [0, 1, 2 | 1, 2 | 4, 1 | 8 | 32]) {
    const odd = tcp(again, flags);
    deepEqual(statesOf([odd, refused(odd)]), new Set(["invalid"]));
  }
  const asking = tcp(again, 2 | 64 | 128);
  deepEqual(statesOf([asking, refused(asking)]), new Set(["new"]));
});

Deno.test("[N2] an echo's reply that nobody asked for leaves no connection", () => {
  const echo = (event: Event, icmpType: number): Event => ({
    ...{ ...event, protocol: 1, icmpType, icmpCode: 0, icmpId: 5, icmpSequence: 1 },
    ...{ sourcePort: undefined, destinationPort: undefined },
  });
  const third = echo(again, 8);
  const end = [third, refused(third)];
  ok(!statesOf([echo(request, 8), echo(answer, 0), ...end]).has("new"));
  ok(statesOf([echo(answer, 0), ...end]).has("new"));
});
