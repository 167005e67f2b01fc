import { deepEqual, equal, match, ok } from "node:assert/strict";
import { loadSources, render, type RenderOptions } from "./render.ts";
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

Deno.test("render: a script on a kprobe needs a kernel with kprobes, and nothing else", () => {
  const script = "// a script\nkprobe:br_forward\n{\n  @emitted = count();\n}\n";
  const probed = new Map([...sources, ["reset", script]]);
  equal(stateOf(render(probed, options), "reset")?.why, "this kernel has no kprobe:br_forward");
  const here = render(probed, { ...options, kprobes: true });
  equal(stateOf(here, "reset")?.state, "attached");
  ok(here.program.includes("kprobe:br_forward"));
});

Deno.test("render: a script that bpftrace refused is left out with the reason it is given", () => {
  const rendered = render(sources, options, new Map([["drop", "bpftrace refuses it"]]));
  equal(stateOf(rendered, "drop")?.why, "bpftrace refuses it");
  ok(!rendered.program.includes("tracepoint:skb:kfree_skb"));
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
