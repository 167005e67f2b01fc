import { deepStrictEqual as equal } from "node:assert/strict";
import type { NetnsState, Route, RoutingRule } from "../../event/state.ts";
import { lookUpRoute, refuses, routeText } from "./routing.ts";

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
