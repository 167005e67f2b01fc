import { deepStrictEqual as equal } from "node:assert/strict";
import { decoded } from "../../../test/fake/decoded.ts";

/** An echo request that came to a rule of nft which drops it. */
const PACKET =
  "V\t5000\t1\tffff88810a\tffff88820b\t4026532528\t2\te0\t84\t0\t0\tbbaa0200000001bb\t8000000aa\t140104\t0\t4000010054000045\t200f00a0100f00a13c6\t200f00a\t0\t0\t7000000000008\t0\t0\t10";

function told(...lines: string[]) {
  const { events, refused } = decoded(lines);
  const [event] = events;
  const { ruleFamily, ruleTable, ruleChain, ruleHandle, rulePosition } = event ?? {};
  const rule = [ruleFamily, ruleTable, ruleChain, ruleHandle, rulePosition];
  return { kind: event?.kind, rule, refused: refused.length };
}

const RULE = "J\t1\tffff88810a\t1\t7\t2\tshop";
const CHAIN = "K\t1\tffff88810a\tpings";

Deno.test("the rule that drops a packet is read with its chain", () => {
  const rule = ["inet", "shop", "pings", 7, 2];
  equal(told(PACKET, RULE, CHAIN), { kind: "rule", rule, refused: 0 });
});

Deno.test("a name may have a tab in it, and no other column", () => {
  const { rule } = told(PACKET, "J\t1\tffff88810a\t2\t7\t2\tsh\top", "K\t1\tffff88810a\ta\tb");
  equal(rule, ["ip", "sh\top", "a\tb", 7, 2]);
});

Deno.test("a rule whose chain could not be found has no more than its packet", () => {
  equal(told(PACKET).rule, Array(5).fill(undefined));
});

Deno.test("a line about another skb, of no family or without a handle says nothing of this packet", () => {
  equal(told(PACKET, RULE.replace("10a", "10b")).rule, Array(5).fill(undefined));
  for (
    const wrong of [
      RULE.replace("\t1\t7", "\t4\t7"),
      RULE.replace("\t7\t", "\tx\t"),
      "J\t1\tffff88810a",
    ]
  ) {
    equal(told(PACKET, wrong), { kind: "rule", rule: Array(5).fill(undefined), refused: 1 });
  }
});

const DROP = PACKET.replace("V", "D") + "\tnf_hook_slow\t13";

function refused(...lines: string[]) {
  const { events, refused: wrong } = decoded([DROP, ...lines]);
  const { refusedBy, ruleFamily, ruleTable, ruleChain } = events[0]!;
  return [refusedBy, ruleFamily, ruleTable, ruleChain, wrong.length];
}

const none = Array(3).fill(undefined);

Deno.test("who refused a packet is read with its table, and the hook as iptables names it", () => {
  equal(refused("Y\t1\tffff88810a\t1\t1\tfilter"), ["ipt_do_table", "ip", "filter", "INPUT", 0]);
  equal(refused("Y\t1\tffff88810a\t2\t4\traw\tx").slice(0, 4), [
    ...["ip6t_do_table", "ip6", "raw\tx", "POSTROUTING"],
  ]);
  equal(refused("Y\t1\tffff88810a\t3\t0", RULE.replace("7\t2", "0\t0"), CHAIN), [
    ...["nft_do_chain", "inet", "shop", "pings", 0],
  ]);
});

Deno.test("connection tracking refuses at a hook, or where a connection is to be entered", () => {
  equal(refused("Y\t1\tffff88810a\t4\t3"), ["nf_conntrack_in", ...none, 0]);
  equal(refused("Y\t1\tffff88810a\t4\t255"), ["__nf_conntrack_confirm", ...none, 0]);
});

Deno.test("a line of no part, of no hook or without its table tells nobody", () => {
  equal(refused("Y\t1\tffff88810a\t9\t1\tfilter"), [undefined, ...none, 1]);
  equal(refused("Y\t1\tffff88810a\t1\t7\tfilter").slice(1), [...none, 1]);
  equal(refused("Y\t1\tffff88810a\t1\t1").slice(1), [...none, 1]);
  equal(refused("Y\t1\tffff88810b\t1\t1\tfilter"), [undefined, ...none, 0]);
});
