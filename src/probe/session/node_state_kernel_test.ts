/** What a session reads of forty namespaces and two thousand rules, first and again. As root. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { execa } from "execa";
import type { NetnsState } from "../../event/state.ts";
import { EVERY_CONNECTION } from "../state/connections.ts";
import { kernelTest } from "../state/kernel_testing.ts";
import { findNetns } from "../state/netns.ts";
import { Intake } from "./intake.ts";
import { NodeState } from "./node_state.ts";

const NAMESPACES = 40;
const RULES = 2_000;

/** States as they come; waiting for one that never does fails. */
class States {
  readonly all: NetnsState[] = [];
  #come = () => {};

  readonly take = (state: NetnsState): void => {
    this.all.push(state);
    this.#come();
  };

  async next(test: (state: NetnsState) => boolean, why: string): Promise<NetnsState> {
    const from = this.all.length;
    const deadline = AbortSignal.timeout(20_000);
    for (;;) {
      const found = this.all.slice(from).find(test);
      if (found) return found;
      await new Promise<void>((resolve, reject) => {
        this.#come = resolve;
        deadline.onabort = () => reject(new Error(`no state came: ${why}`));
      });
    }
  }
}

async function withNode(
  use: (parts: { states: States; state: NodeState; first: string; inode: number }) => Promise<void>,
): Promise<void> {
  const prefix = `lhst-${crypto.randomUUID().slice(0, 6)}`;
  const names = Array.from({ length: NAMESPACES }, (_, i) => `${prefix}-${i}`);
  const batch = (line: (name: string) => string) =>
    execa("ip", ["-force", "-batch", "-"], { input: names.map(line).join("\n") + "\n" });
  try {
    await batch((name) => `netns add ${name}`);
    const [first = ""] = names;
    const rules = Array.from(
      { length: RULES },
      (_, i) => `-A FORWARD -s 10.7.${i >> 8}.${i & 255} -j DROP`,
    );
    await execa("ip", ["netns", "exec", first, "iptables-nft-restore"], {
      input: ["*filter", ":FORWARD ACCEPT [0:0]", ...rules, "COMMIT", ""].join("\n"),
    });
    const netns = await Promise.all(names.map(findNetns));
    const intake = new Intake({
      nodes: [{ name: "n", all: false, netns }],
      ...{ incident: "i", filter: "", kernel: "", bpftrace: "", reasonName: String },
      onBatch() {},
      onDrop() {},
      onActive() {},
      onUnknownNetns() {},
    });
    const states = new States();
    const state = new NodeState(intake, states.take, () => new Set(), EVERY_CONNECTION);
    try {
      await state.readAll();
      state.follow();
      await use({ states, state, first, inode: netns[0]!.inode });
    } finally {
      await state.stop();
    }
  } finally {
    await batch((name) => `netns del ${name}`);
  }
}

kernelTest(
  "a session reads each namespace, and again what changed, and rules for what they counted",
  () =>
    withNode(async ({ states, state, first, inode }) => {
      equal(new Set(states.all.map(({ netns }) => netns)).size, NAMESPACES);
      const own = (one: NetnsState) => one.netns === inode;
      const whole = states.all.find(own)!;
      equal(whole.netfilter.length, RULES);
      equal(whole.kept, undefined);

      const later = states.next(own, "after a drop that no rule counted");
      state.request(inode, false);
      const kept = await later;
      deepEqual(kept.kept, ["routes", "fdb", "netfilter"]);
      deepEqual(
        kept.netfilter.map(({ text }) => text),
        whole.netfilter.map(({ text }) => text),
      );
      ok(kept.netfilter.every(({ packets }) => packets === undefined), "what they counted is old");

      const counted = states.next(own, "after a drop that a rule may have counted");
      state.request(inode, true);
      const read = await counted;
      deepEqual(read.kept, ["routes", "fdb"]);
      ok(read.netfilter.every(({ packets }) => packets === 0));

      const routed = states.next(
        ({ routes }) => routes.some(({ type }) => type === "blackhole"),
        "a route",
      );
      await execa("ip", ["-n", first, "route", "add", "blackhole", "10.66.0.0/16"]);
      const { kept: others, heard } = await routed;
      deepEqual(others, ["fdb", "netfilter"]);
      deepEqual(heard?.map(({ part }) => part), ["route"]);

      const ruled = states.next(({ netfilter }) => netfilter.length === RULES + 1, "a rule");
      await execa("ip", ["netns", "exec", first, "iptables-nft", "-A", "FORWARD", "-j", "DROP"]);
      deepEqual((await ruled).kept, ["routes", "fdb"]);
    }),
);
