import { deepEqual, equal, match, ok } from "node:assert/strict";
import { loadSources, render, type RenderOptions } from "./render.ts";
import { PROBED_FUNCTIONS } from "../kernel/functions.ts";
import { NFT } from "../../../test/fake/nft_layout.ts";
import { newMix } from "./counting.ts";

const sources = await loadSources();
const tracepoints = new Set(
  [...sources.values()].flatMap((text) =>
    [...text.matchAll(/^tracepoint:(\w+:\w+)/gm)].map(([, name = ""]) => name)
  ),
);
const options: RenderOptions = {
  tracepoints,
  kprobes: false,
  netns: null,
  filter: "1",
  follow: true,
  counters: newMix(),
  tunnelPorts: { vxlan: [4789], geneve: [], fou: [] },
  budget: null,
  conntrack: null,
  reason: true,
  raw: false,
};

const stateOf = ({ scripts }: ReturnType<typeof render>, name: string) =>
  scripts.find((script) => script.name === name);

Deno.test("render: a script whose tracepoint this kernel lacks is not in the program, and says so", () => {
  const without = new Set([...tracepoints].filter((name) => name !== "tcp:tcp_send_reset"));
  const rendered = render(sources, { ...options, tracepoints: without });
  equal(stateOf(rendered, "reset")?.state, "unavailable");
  match(stateOf(rendered, "reset")?.why ?? "", /no tcp:tcp_send_reset/);
  ok(!rendered.program.includes("tcp_send_reset"));
  equal(stateOf(rendered, "drop")?.state, "attached");
});

Deno.test("render: a kernel that tells no function of what it is done with leaves that script out", () => {
  const blind = render(sources, { ...options, consumeFunction: false });
  equal(stateOf(blind, "consume")?.state, "unavailable");
  match(stateOf(blind, "consume")?.why ?? "", /consume_skb of this kernel tells no function/);
  ok(!blind.program.includes("consume_skb"), "bpftrace 0.17 would refuse the whole program");
  equal(stateOf(blind, "drop")?.state, "attached");
  for (const consumeFunction of [true, undefined]) {
    equal(stateOf(render(sources, { ...options, consumeFunction }), "consume")?.state, "attached");
  }
});

Deno.test("render: a script on a kprobe is offered by a kernel with kprobes and the function alone", () => {
  const script = "// a script\nkprobe:br_forward\n{\n  @emitted = count();\n}\n";
  const probed = new Map([...sources, ["reset", script]]);
  const whyNot = (more: Partial<RenderOptions>) => {
    const rendered = render(probed, { ...options, ...more });
    ok(!rendered.program.includes("br_forward"));
    return stateOf(rendered, "reset")?.why ?? "";
  };
  match(whyNot({}), /no kprobes, so no kprobe:br_forward/);
  const others = { kprobes: true, functions: new Set(["ip_forward"]) };
  match(whyNot(others), /no kprobe:br_forward, as long as its module/);
  const here = render(probed, { ...options, kprobes: true, functions: new Set(["br_forward"]) });
  equal(stateOf(here, "reset")?.state, "attached");
  ok(here.program.includes("kprobe:br_forward"));
});

Deno.test("render: a script that bpftrace refused is left out with the reason it is given", () => {
  const rendered = render(sources, options, new Map([["drop", "bpftrace refuses it"]]));
  equal(stateOf(rendered, "drop")?.why, "bpftrace refuses it");
  ok(!rendered.program.includes("tracepoint:skb:kfree_skb"));
});

Deno.test("render: comparisons are hidden in all scripts, in those on devices alone, or in none", () => {
  const hidden = (plain: RenderOptions["plain"], name: string) => {
    const others = ["device_rx", "device_tx", "drop", "consume"].filter((other) => other !== name);
    const leftOut = new Map(others.map((other) => [other, "not asked"]));
    return render(sources, { ...options, plain }, leftOut).program.includes("^ ($none *");
  };
  for (const name of ["device_rx", "device_tx"]) {
    deepEqual([false, "but-devices" as const, true].map((plain) => hidden(plain, name)), [
      ...[true, true, false],
    ], name);
  }
  equal(hidden("but-devices", "drop"), false);
  equal(hidden(false, "drop"), true);
});

Deno.test("render: who asks is remembered where every packet passes, and asked for everywhere", () => {
  const filtered = { ...options, filter: "$op == 17" };
  const { program } = render(sources, filtered);
  equal(program.match(/@asked\[\$k >> 52\] = /g)?.length, 2, "by both device scripts");
  equal(program.match(/= @asked\[\$k >> 52\]/g)?.length, 7, "by each that prints packets");
  ok(!render(sources, { ...filtered, follow: false }).program.includes("@asked"));
  ok(!render(sources, options).program.includes("@asked"), "all pass: none is to be followed");
});

Deno.test("render: a connection is looked at when its packet is sent, where its layout is known", () => {
  const layout = { status: 1, source: 2, sourcePort: 3, destination: 4, destinationPort: 5 };
  const lookups = (conntrack: RenderOptions["conntrack"]) =>
    render(sources, { ...options, filter: "$op == 17", conntrack }).program
      .match(/= @asked\[\$c >> 52\]/g)?.length ?? 0;
  deepEqual([lookups(layout), lookups(null)], [1, 0]);
});

const TABLES = { nftChainTable: 64, nftChainName: 88, nftTableFamily: 372, nftTableName: 384 };
const probed = {
  ...{ kprobes: true, functions: new Set(PROBED_FUNCTIONS), deep: true },
  tables: { ...TABLES, xtTableName: 56 },
};

Deno.test("render: the rule of nft is told where nft's layout is known, and else it says why not", () => {
  const told = render(sources, { ...options, ...probed, nft: NFT });
  equal(stateOf(told, "netfilter")?.state, "attached");
  match(told.program, /kprobe:nft_immediate_eval\n\{\n.*arg0 \+ 8\) == 0 .*arg0 \+ 24\) == 0/);
  ok(!told.program.includes("@nft"));
  const untold = render(sources, { ...options, ...probed, nft: null, tables: null });
  match(stateOf(untold, "netfilter")?.why ?? "", /its types are not known/);
  ok(!untold.program.includes("nft_immediate_eval"), "bpftrace would be given offsets of nothing");
});

Deno.test("render: what bounds a loop is known to the kernel's verifier", () => {
  const { program } = render(sources, { ...options, ...probed, nft: NFT });
  equal(program.match(/while \(\$vi < 256 && \(\$vh & 1\) == 0/g)?.length, 2);
});

Deno.test("render: the kernel is asked for each function that a script attaches to", () => {
  const caller = render(sources, { ...options, ...probed, consumeFunction: false }).program;
  const attached = [caller, ...sources.values()].flatMap((text) =>
    [...text.matchAll(/^k(?:ret)?probe:(\w+)/gm)].map(([, name = ""]) => name)
  );
  deepEqual([...new Set(attached)].sort(), [...PROBED_FUNCTIONS].sort());
});

Deno.test("render: what costs each packet something is attached only where it is asked for", () => {
  const usual = render(sources, { ...options, ...probed, nft: NFT, deep: false });
  equal(stateOf(usual, "netfilter"), undefined);
  equal(stateOf(usual, "netfilter_chain"), undefined);
  ok(!/kprobe|@freed|@refused/.test(usual.program));
  const deep = render(sources, { ...options, ...probed, nft: NFT });
  equal(stateOf(deep, "netfilter_chain")?.state, "attached");
  // What is attached first runs first: the drop is told before its chain.
  const [noted, told] = ["@freed[cpu] = (uint64)$skb;", "@freed[cpu] == $skb"];
  ok(deep.program.indexOf(noted) > 0 && deep.program.indexOf(noted) < deep.program.indexOf(told));
});

Deno.test("render: what was asked for and is not offered here is told with why", () => {
  const without = render(sources, { ...options, deep: true });
  match(stateOf(without, "netfilter_chain")?.why ?? "", /no kprobes, so no kprobe:nft_do_chain/);
  ok(!without.program.includes("@freed"), "nobody would read what the drop notes");
});

Deno.test("render: who refused a packet is told after its drop, by each part that this kernel has", () => {
  const old = { ...options, ...probed, nft: null, kernel: "6.1.0-50-cloud-amd64" };
  const states = (more: Partial<RenderOptions>) =>
    render(sources, { ...old, ...more }).scripts
      .filter(({ name }) => name.startsWith("refused_") || name.startsWith("netfilter"))
      .map(({ name, state, why = state }) => `${name}: ${why}`);
  deepEqual(states({}), [
    "netfilter: rules of nft do not tell their chain on this kernel, as before 6.4",
    ...["iptables", "ip6tables", "nft", "conntrack", "tc"].map((part) =>
      `refused_${part}: attached`
    ),
    "netfilter_chain: this kernel is older than Linux 6.7",
  ]);
  deepEqual(states({ nft: NFT, kernel: "6.12.117" }), [
    "netfilter: attached",
    ...["iptables", "ip6tables"].map((part) => `refused_${part}: attached`),
    "refused_nft: it is for kernels before Linux 6.7",
    ...["refused_conntrack: attached", "refused_tc: attached", "netfilter_chain: attached"],
  ]);
  deepEqual(states({ tables: null, functions: new Set(["nf_conntrack_in"]) }).slice(1, 5), [
    "refused_iptables: this kernel has no kprobe:ipt_do_table, as long as its module is not loaded",
    "refused_ip6tables: this kernel has no kprobe:ip6t_do_table, as long as its module is not loaded",
    "refused_nft: this kernel has no kprobe:nft_do_chain, as long as its module is not loaded",
    "refused_conntrack: this kernel has no kprobe:__nf_conntrack_confirm, as long as its module is not loaded",
  ]);
  // 5.10 has no types of modules, but that of x_tables is among its own; a table was the last argument.
  const oldest = { nft: null, tables: { xtTableName: 56 }, kernel: "5.10.0-32-amd64" };
  deepEqual(states(oldest), [
    "netfilter: its types are not known: modules tell theirs since Linux 5.11",
    ...["iptables", "ip6tables"].map((part) => `refused_${part}: attached`),
    "refused_nft: its types are not known: modules tell theirs since Linux 5.11",
    ...["refused_conntrack: attached", "refused_tc: attached"],
    "netfilter_chain: this kernel is older than Linux 6.7",
  ]);
  const tableOf = (more: Partial<RenderOptions>) => {
    const text = render(sources, { ...old, ...more }).program;
    return /^kprobe:ipt_do_table\n\{[^}]*?@askedOf\[cpu\] = \(uint64\)(\w+);/m.exec(text)?.[1];
  };
  deepEqual([tableOf(oldest), tableOf({}), tableOf({ kernel: undefined })], [
    "arg2",
    "arg0",
    "arg0",
  ]);
  const { program } = render(sources, old);
  const [noted, told] = ["@freed[cpu] = (uint64)$skb;", "@refusedSkb[cpu] == $vs"];
  ok(program.indexOf(noted) > 0 && program.indexOf(noted) < program.indexOf(told));
  ok(program.includes("str((uint64)@refusedOf[cpu] + 56)"));
  ok(
    !/@(since|before|until|from|asked\w* |answered|isRefused|xt|nft|part|hook|skb|table)\b/.test(
      program,
    ),
  );
});

Deno.test("render: what XDP drops in a driver is told where the kernel has a function for it", () => {
  const { program } = render(sources, { ...options, ...probed, netns: [4026531840] });
  const script = program.slice(program.indexOf("kretprobe:virtnet_xdp_handler"));
  match(script, /^kretprobe:virtnet_xdp_handler\n\{\n +if \(retval == 1\) \{/);
  ok(
    script.indexOf("$ns == 4026531840") < script.indexOf("$on = $mac + 14"),
    "nothing is read of others",
  );
  const functions = new Set(["nf_conntrack_in"]);
  match(
    stateOf(render(sources, { ...options, ...probed, functions }), "xdp_driver")?.why ?? "",
    /no kprobe:virtnet_xdp_handler, as long as its module is not loaded/,
  );
});

Deno.test("[O22] render: how often a flow's first packet is told is what was asked for", () => {
  const budget = { eventsPerSecond: 8_000, saved: { hop: 1_000, rare: 1_000 } };
  const shiftsOf = (more: Partial<RenderOptions>) => {
    const { program } = render(sources, { ...options, budget, ...more });
    return new Set([...program.matchAll(/nsecs >> (\d+)\)/g)].map(([, shift]) => Number(shift)));
  };
  ok(shiftsOf({}).has(27), "eight a second");
  const one = shiftsOf({ budget: { ...budget, firstsPerSecond: 1 } });
  ok(one.has(30) && !one.has(27), [...one].join());
  ok(shiftsOf({ recorder: true }).has(33), "a recorder: one in eight seconds");
});

Deno.test("render: before 6.3 who is done with a packet is read of where the function returns to", () => {
  const older = { ...options, ...probed, raw: false, consumeFunction: false };
  const { program, scripts } = render(sources, older);
  equal(scripts.find(({ name }) => name === "consume")?.state, "attached");
  match(program, /^kprobe:consume_skb\n\{\n +\$skb = \(struct sk_buff \*\)arg0;/m);
  match(program, /printf\("F.*[^;]* ksym\(\*\(uint64\*\)reg\("sp"\)\)\);/);
  ok(!program.includes("tracepoint:skb:consume_skb"));
  // Each needs the others: asked for, a function that can be probed, a tracepoint that does not say.
  for (const less of [{ deep: false }, { functions: new Set<string>() }, { kprobes: false }]) {
    const without = render(sources, { ...older, ...less });
    match(without.scripts.find(({ name }) => name === "consume")?.why ?? "", /tells no function/);
    ok(!without.program.includes("consume_skb"));
  }
  const newer = render(sources, { ...older, consumeFunction: true }).program;
  match(newer, /^tracepoint:skb:consume_skb/m);
  ok(!newer.includes('reg("sp")'));
});

Deno.test("render: with raw tracepoints heartbeats are put together on the stack, and lines where they may", () => {
  const first = (more: Partial<RenderOptions>) =>
    render(sources, { ...options, ...more }).program.split("\n")[0];
  const heartbeats = "config = { on_stack_limit = 56 }";
  equal(first({ raw: true }), heartbeats);
  equal(first({ raw: true, linesOnStack: true }), "config = { on_stack_limit = 256 }");
  equal(first({ raw: true, linesOnStack: true, recorder: true }), heartbeats);
  equal(first({ raw: true, linesOnStack: true, netns: [4026531840] }), heartbeats);
  // Without, nothing runs in the middle of a script, and bpftrace 0.17 knows no settings.
  ok(!first({ linesOnStack: true })?.includes("config"));
});

Deno.test("[O22] render: an echo's answer that nobody waits for is told as packets that pass are", () => {
  const budget = { eventsPerSecond: 100, saved: { hop: 100, rare: 100 } };
  const spared = (noSocket?: number) =>
    render(sources, { ...options, budget, noSocket }).program.split("@mask[$c]").length - 1;
  // Of drops alone: errors and resets have no reason.
  equal(spared(3), 1);
  equal(spared(), 0);
});
