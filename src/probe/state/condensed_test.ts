/** States condensed once more, with the same rules and others. */
import { deepEqual, equal, notEqual } from "node:assert/strict";
import { emptyState, type NetnsState } from "../../event/state.ts";
import { condense } from "./condense.ts";
import { Condensed } from "./condensed.ts";
import { savedTables } from "./iptables.ts";

const address = (i: number) => `10.96.${i >> 8}.${i & 255}`;

/** As many rules as are not sent as they are. */
function large(): NetnsState {
  const rows = Array.from({ length: 20_000 }, (_, i) => `-A SVC -d ${address(i)}/32 -j ACCEPT`);
  const text = ["*nat", ":OUTPUT ACCEPT [0:0]", ":SVC - [0:0]", "-A OUTPUT -j SVC", ...rows].join(
    "\n",
  );
  const { chains, rules } = savedTables(text, "ip", "iptables");
  return emptyState(1, "5", { chains, netfilter: rules, gaps: [{ what: "qdiscs", why: "first" }] });
}

Deno.test("rules that stayed the same are condensed once, and the rest is that of the reading", () => {
  const condensed = new Condensed();
  const state = large();
  const none = new Set<string>();
  const first = condensed.of(state, () => none);
  deepEqual(first, condense(state, () => none));
  const later = { ...state, timeNs: "9", gaps: [{ what: "qdiscs", why: "later" }] };
  const second = condensed.of(later, () => none);
  equal(second.netfilter, first.netfilter, "the same list");
  deepEqual(second, condense(later, () => none));
});

Deno.test("other rules, and other addresses that are wanted, are condensed anew", () => {
  const condensed = new Condensed();
  const state = large();
  const first = condensed.of(state, () => new Set());
  const wanted = new Set([address(7)]);
  const second = condensed.of(state, () => wanted);
  notEqual(second.netfilter, first.netfilter);
  deepEqual(second, condense(state, () => wanted));
  const fewer = { ...state, netfilter: state.netfilter.slice(0, 15_000) };
  deepEqual(condensed.of(fewer, () => wanted), condense(fewer, () => wanted));
});

Deno.test("of few rules it is not asked what is wanted", () => {
  const condensed = new Condensed();
  const state = emptyState(1, "5");
  const never = () => {
    throw new Error("asked");
  };
  condensed.of(state, never);
  deepEqual(condensed.of({ ...state, timeNs: "6" }, never), { ...state, timeNs: "6" });
});
