import { deepEqual, equal, match, ok } from "node:assert/strict";
import fc from "fast-check";
import { Report } from "../../event/report.ts";
import { anyReport } from "./arbitrary.ts";
import { shortCoverageLines } from "./coverage.ts";
import { conversations } from "./group.ts";
import { lookOf, renderReport, renderSummary } from "./mod.ts";
import { rowsOf } from "./rows.ts";
import { optionsFrom } from "./terminal.ts";
import { columns } from "./text.ts";

const width = fc.integer({ min: 40, max: 200 });
// deno-lint-ignore no-control-regex
const SGR = /\x1b\[[0-9;]*m/g;

Deno.test("renderReport lets no control, bidi or zero-width character through, in any report", () => {
  fc.assert(fc.property(anyReport, width, fc.boolean(), (report, width, colour) => {
    Report.parse(report);
    const options = { width, colour };
    const rows = rowsOf(report).flatMap((
      row,
    ) => [...row.detail(options), ...row.lines(lookOf(options))]);
    const text = [renderReport(report, options), ...rows].join("\n").replace(
      colour ? SGR : /$^/,
      "",
    );
    ok(!/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(text.replaceAll("\n", "")));
  }));
});

Deno.test("renderReport keeps to the width, but for the commands of a remedy", () => {
  fc.assert(fc.property(anyReport, width, (report, width) => {
    const options = { width, colour: false };
    const plain = withoutRemedies(report);
    const rows = rowsOf(plain).flatMap((
      row,
    ) => [...row.detail(options), ...row.lines(lookOf(options))]);
    // One wide character in the last column may be cut nowhere.
    const long = [...renderReport(plain, options).split("\n"), ...rows].filter((line) =>
      columns(line) > width + 1
    );
    deepEqual(long, []);
  }));
});

Deno.test("renderReport says the same with and without colour, and in ASCII when asked", () => {
  fc.assert(fc.property(anyReport, width, (report, width) => {
    const plain = renderReport(report, { width, colour: false, ascii: true });
    ok(/^[\x20-\x7e\n]*$/.test(plain));
    equal(renderReport(report, { width, colour: true, ascii: true }).replace(SGR, ""), plain);
  }));
});

function withoutRemedies(report: Report): Report {
  const strip = <T extends { remedy?: string[] }>(cause: T): T => ({ ...cause, remedy: [] });
  return {
    ...report,
    problems: report.problems.map((problem) => ({ ...problem, actions: [] })),
    flows: report.flows.map((flow) => ({
      ...flow,
      cause: flow.cause && strip(flow.cause),
      otherCauses: flow.otherCauses?.map(strip),
    })),
    exchanges: report.exchanges.map((exchange) => ({
      ...exchange,
      cause: exchange.cause && strip(exchange.cause),
      findings: exchange.findings?.map(strip),
    })),
  };
}

Deno.test("conversations puts replies under what they answer, and a failed one lifts its flow", () => {
  const flow = (id: string, replyOf?: string) => ({ id, replyOf }) as Report["flows"][number];
  const found = conversations([flow("b-reply", "b"), flow("a"), flow("b"), flow("stray", "gone")]);
  deepEqual(found.map(({ flow, replies }) => [flow.id, ...replies.map(({ id }) => id)]), [
    ["b", "b-reply"],
    ["a"],
    ["stray"],
  ]);
});

Deno.test("conversations shows every flow once, also when replies answer each other", () => {
  fc.assert(fc.property(anyReport, ({ flows }) => {
    const unique = [...new Map(flows.map((flow) => [flow.id, flow])).values()];
    const shown = conversations(unique).flatMap(({ flow, replies }) => [flow, ...replies]);
    deepEqual(shown.map(({ id }) => id).sort(), unique.map(({ id }) => id).sort());
  }));
});

Deno.test("optionsFrom takes ASCII for LANG=C and no language at all, UTF-8 in any spelling", () => {
  const ascii = (env: Record<string, string>) => optionsFrom((name) => env[name], 80).ascii;
  deepEqual([ascii({}), ascii({ LANG: "C" }), ascii({ LANG: "de_DE.utf8" })], [true, true, false]);
  equal(ascii({ LANG: "C", LC_ALL: "C.UTF-8" }), false);
  equal(ascii({ LANG: "C.UTF-8", LC_ALL: "C" }), true);
});

Deno.test("optionsFrom colours a terminal only, unless NO_COLOR says no", () => {
  const colour = (env: Record<string, string>, width?: number) =>
    optionsFrom((name) => env[name], width).colour;
  deepEqual([colour({}, 80), colour({}), colour({ NO_COLOR: "1" }, 80)], [true, false, false]);
  equal(optionsFrom((name) => name === "COLUMNS" ? "120" : undefined, undefined).width, 120);
});

Deno.test("renderReport of thousands of flows that are alike is a screen, and says how many they are", () => {
  const one = { ...flow("f"), packets: counts, outcome: "dropped", path: [], lastHop: hop };
  const flows = Array.from({ length: 3_000 }, (_, i) => ({ ...one, id: `${i}` }));
  const report = { ...empty, flows } as unknown as Report;
  const lines = renderReport(report, { width: 80, colour: false }).split("\n");
  ok(lines.length < 25, `${lines.length} lines`);
  ok(lines.includes("✕ dropped  3,000 udp flows from 10.0.0.1 to 10.0.0.2"), lines.join("\n"));
});

Deno.test("renderReport names the ends of flows that are alike, where all have one name", () => {
  const one = { ...flow("f"), packets: counts, outcome: "dropped", path: [], lastHop: hop };
  const flows = Array.from({ length: 30 }, (_, i) => ({
    ...{ ...one, id: `${i}`, sourceName: "pod shop/a" },
    destinationName: i < 29 ? "pod shop/b" : "pod shop/c",
  }));
  const report = { ...empty, flows } as unknown as Report;
  const lines = renderReport(report, { width: 120, colour: false }).split("\n");
  const said = "✕ dropped  30 udp flows from pod shop/a (10.0.0.1) to 10.0.0.2";
  ok(lines.includes(said), lines.join("\n"));
});

Deno.test("what no batch can tell was lost is told beside the verdict", () => {
  const lost = { ...accounting, strayLines: 7, evictedStates: 1 };
  const report = { ...empty, flows: [], accounting: lost } as unknown as Report;
  const text = renderReport(report, { width: 100, colour: false });
  ok(text.includes("not in this report: 7 lines of no kept batch, 1 node state evicted"), text);
});

Deno.test("[D10] flows that are told as they were are counted beside the verdict", () => {
  const postponed = { ...accounting, postponed: 1_200 };
  const report = { ...empty, flows: [], accounting: postponed } as unknown as Report;
  const text = renderReport(report, { width: 100, colour: false });
  ok(
    text.includes("told as before, because more came than could be judged at once: 1,200 flows"),
    text,
  );
});

const counts = { seen: 1, delivered: 0, dropped: 1, vanished: 0, unknown: 0, inFlight: 0 };
const hop = { node: "n", netns: "host", device: "eth0", stage: "drop" };
const accounting = { refused: 0, evicted: 0 };
const empty = {
  incident: "i",
  from: null,
  to: null,
  nodes: [],
  problems: [],
  changes: [],
  exchanges: [],
  accounting,
};

const flow = (id: string) => ({ id, protocol: "udp", source: "10.0.0.1", destination: "10.0.0.2" });

Deno.test("a remedy is told of a problem that still is, and not of one that is healed", () => {
  const cause = {
    code: "netfilter-drop",
    sentence: "a rule dropped it",
    confidence: "proven",
    evidence: [],
    remedy: ["nft delete rule ip t c handle 7"],
  };
  const one = {
    ...{ ...flow("f"), packets: counts, outcome: "dropped", path: [], lastHop: hop },
    ...{ cause, problems: ["p"] },
  };
  const textOf = (state: string) => {
    const problem = {
      ...{ id: "p", state, severity: "critical", outcome: "dropped", cause, direction: "question" },
      ...{ from: ["10.0.0.1"], to: { address: "10.0.0.2" }, protocol: "udp", flows: 1, clients: 1 },
      ...{ passed: 0, firstAt: "2026-11-26T08:10:03.000Z", lastAt: "2026-11-26T08:10:04.000Z" },
      packets: { seen: 1, delivered: 0, dropped: 1, vanished: 0, unknown: 0, inFlight: 0 },
      example: "f",
      lastHop: hop,
    };
    const report = {
      ...empty,
      problems: [problem],
      flows: [one],
    } as unknown as Report;
    return renderReport(report, { width: 80, colour: false });
  };
  ok(textOf("active").includes("nft delete rule ip t c handle 7"));
  ok(!textOf("healed").includes("nft delete"));
  ok(textOf("healed").includes("a rule dropped it"));
});

Deno.test("a report whose only problem is not known to its end does not begin with there being none", () => {
  const problem = (id: string, severity: string) => ({
    ...{ id, state: "active", severity, outcome: "unknown", direction: "question", passed: 0 },
    ...{ from: ["10.0.0.1"], to: { address: "10.0.0.2" }, protocol: "udp", flows: 1, clients: 1 },
    ...{ firstAt: "2026-11-26T08:10:03.000Z", lastAt: "2026-11-26T08:10:04.000Z", example: "f" },
  });
  const one = {
    ...{ ...flow("f"), packets: counts, outcome: "unknown", path: [], lastHop: hop },
    problems: ["p"],
  };
  const headOf = (...problems: unknown[]) => {
    const report = { ...empty, problems, flows: [one] } as unknown as Report;
    return renderSummary(report, { width: 120, colour: false }).split("\n")[0];
  };
  const open = problem("p", "unknown");
  equal(headOf(open), "i  1 problem, 1 of 1 UDP exchange; how it ended is not known");
  equal(
    headOf(problem("q", "critical"), open),
    "i  1 problem, 0 of 1 UDP exchange; of 1 more it is not known how it ended",
  );
});

Deno.test("500 flows with three faults are a screen, each with why, where and what to do", async () => {
  const url = new URL("fixture/changes.json", import.meta.url);
  const changes = Report.parse(JSON.parse(await Deno.readTextFile(url)));
  const [healed] = changes.problems;
  const shown = changes.flows.find(({ id }) => id === healed!.example)!;
  const kinds = [0, 1, 2].map((i) => ({ id: `p${i}`, address: `10.2.0.${i + 10}` }));
  const flows = Array.from({ length: 500 }, (_, i) => {
    const kind = kinds[i % 3]!;
    return {
      ...shown,
      id: `f${i}`,
      destination: kind.address,
      cause: undefined,
      problems: [kind.id],
    };
  });
  const problems = kinds.map(({ id, address }, i) => ({
    ...healed!,
    ...{ id, state: "active" as const, healedAt: undefined, mended: undefined },
    ...{ to: { address, port: 99 }, example: `f${i}`, actions: [`ip route get ${address}`] },
    cause: {
      ...{ ...healed!.cause!, sentence: `a rule dropped what went to ${address}` },
      remedy: [`ip route get ${address}`],
      evidence: healed!.cause!.evidence.map((one) => ({ ...one, text: `${one.text} ${address}` })),
    },
  }));
  const report = { ...changes, problems, flows, exchanges: [] };
  const options = { width: 80, colour: false, fullCommand: "lasthop replay --full" };
  const lines = renderReport(report, options).split("\n");
  ok(lines.length <= 50, lines.join("\n"));
  for (const { address } of kinds) {
    const wanted = [`a rule dropped what went to ${address} (likely)`, `ip route get ${address}`];
    for (const one of wanted) equal(lines.filter((line) => line.includes(one)).length, 1, one);
  }
  const path = "    client1: eth0 › router: c1";
  equal(lines.filter((line) => line === path).length, 3, lines.join("\n"));
  ok(lines.at(-1)!.endsWith("lasthop replay --full"), lines.at(-1));
  const full = renderReport(report, { ...options, isFull: true }).split("\n");
  equal(full.filter((line) => /^ +Evidence$/.test(line)).length, 3, full.join("\n"));
});

Deno.test("of two problems of one flow each is told where it is, and the path of one of them", async () => {
  const url = new URL("fixture/changes.json", import.meta.url);
  const changes = Report.parse(JSON.parse(await Deno.readTextFile(url)));
  const [first] = changes.problems;
  const elsewhere = { ...first!.lastHop, device: "eth9", netns: "other", reason: "NEIGH_FAILED" };
  const problems = [first!, { ...first!, id: "second", lastHop: elsewhere }];
  const options = { width: 100, colour: false };
  const lines = renderReport({ ...changes, problems }, options).split("\n");
  equal(lines.filter((line) => line.includes("client1: eth0 › router: c1")).length, 1);
  const told = lines.filter((line) => line.includes("last hop"));
  equal(told.length, 2);
  ok(told[1]!.startsWith("  last hop eth9 in other on router, NEIGH_FAILED in"), told[1]);
});

Deno.test("a node that was not watched to the end does not stand among those that were", async () => {
  const file = new URL("fixture/changes.json", import.meta.url);
  const report = Report.parse(JSON.parse(await Deno.readTextFile(file)));
  const { endedAt: _, ...goes } = { ...report.nodes[0]!, lost: 0, gaps: [] };
  const named = (name: string) => ({ ...goes, name });
  const left = { ...goes, name: "left", endedAt: "2026-11-26T19:04:35.120Z" };
  const nodes = [named("a"), named("b"), left];
  const look = lookOf({ width: 200, colour: false });
  const text = shortCoverageLines({ ...report, nodes }, look).join("\n");
  match(text, /^ {2}a, b: all scripts/m);
  match(text, /^ {2}left: .* none lost, its probe ended 19:04:35\.120$/m);
});

Deno.test("scripts that are missing for one reason stand on one line", async () => {
  const file = new URL("fixture/changes.json", import.meta.url);
  const report = Report.parse(JSON.parse(await Deno.readTextFile(file)));
  const missing = (name: string, why: string) => ({ name, state: "unavailable" as const, why });
  const scripts = [
    missing("drop", "bpftrace was killed"),
    missing("reset", "this kernel has none"),
    missing("route", "bpftrace was killed"),
  ];
  const nodes = [{ ...report.nodes[0]!, scripts }];
  const look = lookOf({ width: 200, colour: false });
  const lines = shortCoverageLines({ ...report, nodes }, look).filter((line) =>
    /attached/.test(line)
  );
  deepEqual(lines.map((line) => line.trim()), [
    "! drop, route are not attached: bpftrace was killed",
    "! reset is not attached: this kernel has none",
  ]);
});
