import { deepStrictEqual as equal } from "node:assert/strict";
import type { NetnsState, Route, RoutingRule } from "../../event/state.ts";
import { lookUpRoute, refuses, routeText, ruleText } from "./routing.ts";

const route = (destination: string, more: Partial<Route> = {}): Route => ({
  family: destination.includes(":") ? 6 : 4,
  table: 254,
  type: "unicast",
  destination,
  device: "eth0",
  ...more,
});

const rule = (priority: number, more: Partial<RoutingRule>): RoutingRule => ({
  family: 4,
  priority,
  action: "lookup",
  table: 254,
  ...more,
});

const state = (routes: Route[], rules: RoutingRule[] = []) =>
  ({ routes, rules }) as unknown as NetnsState;

const chosen = (given: NetnsState, destination: string, source?: string) => {
  const answer = lookUpRoute(given, { destination, ...(source ? { source } : {}) });
  return answer.route && routeText(answer.route);
};

Deno.test("the longest prefix wins, then the least metric", () => {
  const given = state([
    route("0.0.0.0/0", { gateway: "10.0.0.1" }),
    route("10.9.0.0/16", { metric: 20, device: "slow" }),
    route("10.9.0.0/16", { metric: 10, device: "fast" }),
    route("10.9.1.0/24", { type: "blackhole", device: undefined }),
  ]);
  equal(chosen(given, "10.9.2.1"), "10.9.0.0/16 dev fast");
  equal(chosen(given, "10.9.1.1"), "blackhole 10.9.1.0/24");
  equal(chosen(given, "203.0.113.1"), "default via 10.0.0.1 dev eth0");
  equal(chosen(given, "fd00::1"), null);
});

Deno.test("a dead route does not count, and throw goes on to the next table", () => {
  equal(chosen(state([route("10.0.0.0/8", { flags: ["dead"] })]), "10.0.0.1"), null);
  const given = state(
    [route("10.0.0.0/8", { table: 7, type: "throw" }), route("0.0.0.0/0")],
    [rule(10, { table: 7 }), rule(20, {})],
  );
  equal(chosen(given, "10.0.0.1"), "default dev eth0");
});

Deno.test("local addresses are found before the main table", () => {
  const given = state([route("10.0.0.1/32", { table: 255, type: "local" }), route("10.0.0.0/8")]);
  equal(chosen(given, "10.0.0.1"), "local 10.0.0.1/32 dev eth0 table 255");
});

Deno.test("a rule refuses what it matches, by priority and not by place", () => {
  const given = state([route("0.0.0.0/0")], [
    rule(32_766, {}),
    rule(50, { action: "prohibit", source: "10.0.0.0/24" }),
  ]);
  equal(lookUpRoute(given, { destination: "10.9.0.1", source: "10.0.0.9" }).rule?.priority, 50);
  equal(chosen(given, "10.9.0.1", "10.0.1.9"), "default dev eth0");
});

Deno.test("an inverted rule matches the others", () => {
  const given = state([route("0.0.0.0/0")], [
    rule(50, { action: "blackhole", destination: "10.0.0.0/8", inverted: true }),
    rule(60, {}),
  ]);
  equal(chosen(given, "10.1.1.1"), "default dev eth0");
  equal(lookUpRoute(given, { destination: "203.0.113.1" }).rule?.action, "blackhole");
});

Deno.test("a rule that asks for a mark makes the answer uncertain, one that is not met does not", () => {
  const given = (more: Partial<RoutingRule>) =>
    state([route("0.0.0.0/0")], [rule(50, { table: 7, ...more }), rule(60, {})]);
  const certain = (more: Partial<RoutingRule>) =>
    lookUpRoute(given(more), { destination: "10.0.0.1", source: "10.0.0.2" }).certain;
  equal(certain({ mark: "0x1" }), false);
  equal(certain({ mark: "0x1", source: "192.0.2.0/24" }), true);
  equal(certain({ source: "192.0.2.0/24" }), true);
});

Deno.test("refuses: blackhole, unreachable and prohibit do, local and throw do not", () => {
  const types = ["blackhole", "unreachable", "prohibit", "unicast", "local", "throw"];
  equal(types.map((type) => refuses(route("10.0.0.0/8", { type }))), [
    ...[true, true, true, false, false, false],
  ]);
});

Deno.test("a goto skips the rules between, and a route that is too short does not count", () => {
  const given = state([route("0.0.0.0/0"), route("0.0.0.0/0", { table: 7, device: "wg0" })], [
    rule(10, { action: "goto", target: 30, source: "10.1.0.0/16", table: undefined }),
    rule(20, { action: "blackhole", table: undefined }),
    rule(30, { suppressPrefix: 0 }),
    rule(40, { mark: "0xca6c", inverted: true, table: 7 }),
    rule(50, {}),
  ]);
  const answer = (mark: number, source: string) => {
    const found = lookUpRoute(given, { destination: "192.0.2.1", source, mark });
    return [found.route?.device, found.rule?.priority, found.certain];
  };
  equal(answer(0, "10.1.0.9"), ["wg0", 40, true]);
  equal(answer(0xca6c, "10.1.0.9"), ["eth0", 50, true]);
  equal(answer(0, "10.2.0.9"), [undefined, 20, true]);
});

Deno.test("what a query does not tell leaves rules undecided, and they are named", () => {
  const given = state([route("0.0.0.0/0"), route("0.0.0.0/0", { table: 7, device: "other" })], [
    rule(10, { mark: "0x1/0xff", table: 7 }),
    rule(20, { inputDevice: "lo", table: 7 }),
    rule(30, { destinationPort: "80-90", table: 7 }),
    rule(40, { other: "tos 0x10", table: 7 }),
    rule(50, {}),
  ]);
  const query = { destination: "192.0.2.1", source: "10.0.0.1" };
  const open = (more: object) =>
    lookUpRoute(given, { ...query, ...more }).undecided.map(({ priority }) => priority);
  equal(open({}), [10, 20, 30, 40]);
  equal(open({ mark: 0x201, destinationPort: 80 }), []);
  equal(open({ mark: 2, inputDevice: "eth0", destinationPort: 91 }), [40]);
  equal(ruleText(given.rules[0]!), "10: from all fwmark 0x1/0xff lookup 7");
});
