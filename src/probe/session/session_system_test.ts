import { deepStrictEqual as equal, ok, rejects } from "node:assert/strict";
import { fakeCapability, startFakeSession } from "../../../test/fake/session.ts";
import { DEEP_SCRIPTS } from "../run/render.ts";
import { DEFAULT_SHARE } from "../run/share.ts";
import { BatchHeader } from "../../event/batch.ts";
import { decodeTsv } from "../../event/codec.ts";
import { findNetns } from "../state/mod.ts";

const own = { sanitizeOps: false, sanitizeResources: false };

Deno.test("session: a trace from its state to its final batch", own, async () => {
  const { session, batches, events, until } = await startFakeSession("works");
  await session.ready;
  await until(() => events().length >= 2);
  await session.stop();
  const headers = batches.map(({ header }) => BatchHeader.parse(header));
  equal(headers.map(({ sequence }) => sequence), headers.map((_, i) => i));
  equal(headers.map(({ final }) => final), headers.map((_, i) => i === headers.length - 1));
  equal(new Set(headers.map(({ node, probe }) => `${node} ${probe}`)).size, 1);
  equal(headers.at(-1)!.totals, { events: 2, lost: 0, refused: 0, evicted: 0 });
  const states = batches.flatMap(({ lines }) => lines).filter((line) => line.startsWith("{"));
  ok(batches[0]!.lines[0]!.startsWith('{"kind":"state"'), "state comes first");
  ok(states.length >= 2, "state is read again at the end");
  const event = decodeTsv(events()[0]!);
  equal([event.kind, event.source, event.destination], ["device-rx", "10.0.0.1", "10.0.0.2"]);
  ok(BigInt(headers.at(-1)!.untilNs) >= event.timeNs);
});

Deno.test("session: heartbeats carry coverage on while nothing happens", own, async () => {
  const { session, batches, until } = await startFakeSession("works");
  await session.ready;
  const silent = () => batches.filter(({ lines }) => lines.length === 0);
  await until(() => silent().length >= 2);
  const [first, second] = silent();
  ok(BigInt(second!.header.untilNs) > BigInt(first!.header.untilNs));
  await session.stop();
});

Deno.test(
  "[O5] session: what one processor told and nobody read when it ends is lost",
  own,
  async () => {
    const { session, batches, events, until } = await startFakeSession("reads_late");
    await session.ready;
    await until(() => events().length === 2);
    await session.stop();
    const { totals, losses = [], untilNs, clock } = batches.at(-1)!.header;
    equal(totals, { events: 2, lost: 7, refused: 0, evicted: 0 });
    // Nobody knows of anything since that processor was read last.
    const [{ fromNs, toNs, count } = { fromNs: "0", toNs: "0", count: 0 }] = losses;
    equal([losses.length, count], [1, 7]);
    ok(
      BigInt(fromNs) <= BigInt(untilNs) && BigInt(untilNs) < BigInt(toNs),
      `${fromNs}, ${untilNs}, ${toNs}`,
    );
    ok(BigInt(untilNs) < BigInt(clock.monotonicNs));
  },
);

Deno.test("session: a bpftrace that never attaches is given up in time", own, async () => {
  const { session, batches } = await startFakeSession("never_attaches", { attachTimeoutMs: 300 });
  await rejects(session.ready, { code: "attach_timeout" });
  await session.stop();
  equal(batches, []);
});

Deno.test(
  "session: stopped while it attaches, it ends at once and tells nothing",
  own,
  async () => {
    const { session, batches } = await startFakeSession("never_attaches");
    await session.stop();
    await rejects(session.ready, { code: "stopped" });
    equal(batches, []);
  },
);

Deno.test("session: a bpftrace that refuses everything fails with its own words", own, async () => {
  const { session } = await startFakeSession("dies_at_start");
  await rejects(session.ready, /Could not create map/);
  await session.stop();
});

Deno.test(
  "session: what was seen before bpftrace died is kept, and the gap is told",
  own,
  async () => {
    const { session, batches, events } = await startFakeSession("dies_midway");
    await session.ready;
    const failure = await session.failure;
    equal(failure.code, "bpftrace_died");
    await session.stop();
    equal(events().length, 2);
    const last = batches.at(-1)!.header;
    equal(last.final, true);
    ok(last.scripts.every(({ state, why }) => state === "unavailable" && why !== undefined));
  },
);

Deno.test("session: a bpftrace deaf to SIGINT is killed, and its trace is whole", own, async () => {
  const { session, events, until } = await startFakeSession("ignores_sigint", { stopGraceMs: 300 });
  await session.ready;
  await until(() => events().length >= 1);
  await session.stop();
  equal(events().length, 1);
});

Deno.test(
  "session: what is seen while scripts are detached is no part of the trace",
  own,
  async () => {
    const { session, batches, events, until } = await startFakeSession("detaches_slowly");
    await session.ready;
    await until(() => events().length >= 1);
    await session.stop();
    equal(events().length, 1);
    const { header } = batches.at(-1)!;
    equal(header.totals, { events: 1, lost: 0, refused: 0, evicted: 0 });
    ok(BigInt(header.untilNs) >= decodeTsv(events()[0]!).timeNs);
  },
);

Deno.test(
  "[O22] session: a bpftrace that takes more than its share tells half as much, and goes on",
  own,
  async () => {
    const share = { ...DEFAULT_SHARE, cpuPercent: 2, eventsPerSecond: 800 };
    const { session, batches, events, progress, until } = await startFakeSession("takes_time", {
      share,
    });
    await session.ready;
    // One that was put in its place tells its packet, too.
    await until(() => events().length >= 2);
    const told = progress.filter((text) => /more than its share/.test(text));
    ok(told.length >= 1 && told.length <= 2, told.join("\n"));
    ok(/no more than 400 events a second/.test(told[0]!), told[0]);
    await session.stop();
    equal(batches.at(-1)!.header.final, true);
  },
);

Deno.test("session: damaged lines are counted, and cost no other line", own, async () => {
  const { session, batches, events, until } = await startFakeSession("cuts_a_line");
  await session.ready;
  await until(() => events().length >= 2);
  await session.stop();
  equal(batches.at(-1)!.header.totals, { events: 2, lost: 1, refused: 1, evicted: 0 });
});

Deno.test("session: a flood comes through in batches of bounded size", own, async () => {
  const { session, batches, events, until } = await startFakeSession("floods");
  await session.ready;
  await until(() => events().length >= 20_000);
  await session.stop();
  equal(events().length, 20_000);
  ok(batches.slice(1).every(({ lines }) => lines.length <= 4_000));
});

Deno.test("session: what bpftrace lost is told", own, async () => {
  const { session, batches, events, until } = await startFakeSession("reports_loss");
  await session.ready;
  await until(() => events().length >= 2);
  await session.stop();
  equal(batches.at(-1)!.header.totals.lost, 23);
});

Deno.test("session: a kernel that refuses conntrack costs conntrack alone", own, async () => {
  const { session, batches, progress } = await startFakeSession("refuses_conntrack");
  await session.ready;
  await session.stop();
  ok(
    progress.some((text) => /^bpftrace refused it \(\S.*\), trying without conntrack…$/.test(text)),
    "what it said is told",
  );
  equal(batches.at(-1)!.header.scripts.filter(({ state }) => state !== "attached"), []);
});

Deno.test("session: a script that bpftrace names costs that script alone", own, async () => {
  const { session, batches } = await startFakeSession("refuses_drop");
  await session.ready;
  await session.stop();
  const [drop, ...others] = batches.at(-1)!.header.scripts
    .filter(({ state }) => state !== "attached");
  equal(others, []);
  equal(drop?.name, "drop");
  ok(drop?.why?.startsWith("bpftrace refused it: ERROR: Error loading program"));
});

for (
  const [fake, refused] of [
    // One of the two is to blame, and the words name it.
    ["refuses_rule", ["netfilter"]],
    ["refuses_kprobes", DEEP_SCRIPTS.filter((name) => name !== "refused_nft")],
  ] as const
) {
  const what = `session: what few kernels offer costs nothing else when it is refused: ${fake}`;
  Deno.test(what, own, async () => {
    const { session, batches, progress } = await startFakeSession(fake, { deep: true });
    await session.ready;
    await session.stop();
    equal(progress.filter((text) => text.includes("refused")), [
      `bpftrace refused ${refused.join(", ")}, going on without it…`,
    ]);
    const missing = batches.at(-1)!.header.scripts.filter(({ state }) => state !== "attached");
    const whyOf = new Map(missing.map(({ name, why }) => [name, why]));
    equal(whyOf.get("refused_nft"), "it is for kernels before Linux 6.7");
    whyOf.delete("refused_nft");
    equal([...whyOf.keys()].sort(), [...refused].sort());
    ok([...whyOf.values()].every((why) => why?.startsWith("bpftrace refused it: ERROR")));
  });
}

Deno.test("session: a stack without room for whole lines costs no script", own, async () => {
  const { session, batches, progress } = await startFakeSession("refuses_lines_on_stack", {
    capability: { ...await fakeCapability(), bpftrace: "0.23.2", raw: true },
    nodes: [{ name: "here", netns: [await findNetns("/proc/self/ns/net")], all: true }],
    deep: true,
  });
  await session.ready;
  await session.stop();
  const told = progress.filter((text) => /refused|on the stack/.test(text));
  equal(told, ["bpftrace has no room for lines on the stack, going on without…"]);
  const missing = batches.at(-1)!.header.scripts.filter(({ state }) => state !== "attached");
  equal(missing.map(({ name }) => name), ["refused_nft"]);
});

Deno.test("session: scripts that bpftrace refuses unnamed are found one by one", own, async () => {
  const { session, batches } = await startFakeSession("refuses_quietly");
  await session.ready;
  await session.stop();
  const missing = batches.at(-1)!.header.scripts.filter(({ state }) => state !== "attached");
  equal(missing.map(({ name }) => name), ["route6", "neighbour"]);
});

Deno.test("session: events thrown away on their way are in the next header", own, async () => {
  const { session, batches } = await startFakeSession("works");
  await session.ready;
  session.evicted("here", 40);
  session.evicted("elsewhere", 2);
  await session.stop();
  equal(batches.at(-1)!.header.totals.evicted, 40);
});
