import { deepStrictEqual as equal, match } from "node:assert/strict";
import { inputOf } from "../../../test/spec/form/batches.ts";
import { parseSpec } from "../../../test/spec/form/spec.ts";
import { specPaths } from "../../../test/spec/form/spec_paths.ts";
import { analyse } from "../mod.ts";
import type { AnalysisInput, Batch } from "./input.ts";

const root = new URL("../../..", import.meta.url).pathname.replace(/\/$/, "");
const path = specPaths(root)[0]!;
const base = inputOf(parseSpec(Deno.readTextFileSync(`${root}/${path}`), path));
const SECOND_NS = 1_000_000_000n;

/** A batch of the first node of a spec, from one second to another of its clock, with no events. */
function batch(
  probe: string,
  sequence: number,
  [from, until]: [number, number],
  final: boolean,
): Batch {
  const header = base.batches[0]!.header;
  const at = (seconds: number) => String(BigInt(seconds) * SECOND_NS);
  const clock = { monotonicNs: at(from), wallMs: 1_700_000_000_000 + from * 1_000 };
  const totals = { events: 0, lost: 0, refused: 0, evicted: 0 };
  const times = { attachedNs: at(from), untilNs: at(until), clock, totals };
  return {
    header: { ...header, ...times, probe, sequence, final },
    events: [],
    states: [],
    refused: 0,
  };
}

function gapsOf(batches: Batch[], closed = true): string[] {
  const input: AnalysisInput = { ...base, batches, closed };
  return analyse(input).nodes[0]!.gaps ?? [];
}

Deno.test("coverage: a probe that told all, and one that still runs, have no gaps", () => {
  equal(gapsOf([batch("p", 0, [10, 20], false), batch("p", 1, [10, 30], true)]), []);
  equal(gapsOf([batch("p", 0, [10, 20], false)], false), []);
});

Deno.test("coverage: a probe that died without a last batch is told of", () => {
  const [said, ...more] = gapsOf([batch("p", 0, [10, 20], false)]);
  match(said!, /^its probe sent no last batch/);
  equal(more, []);
});

Deno.test("coverage: a probe started again after a death is told of while it runs", () => {
  const gaps = gapsOf([batch("p", 0, [10, 20], false), batch("o", 0, [40, 50], false)], false);
  match(gaps.join("\n"), /^its probe was started 2 times.*\nits probe sent no last batch/);
});

Deno.test("coverage: two probes of one name at the same time are no restart", () => {
  const gaps = gapsOf([batch("p", 0, [10, 60], true), batch("o", 0, [20, 50], true)]);
  equal(gaps, ["2 probes of this name, and some at the same time: one name, two machines?"]);
});

Deno.test("coverage: an incident made again by a probe that ran before says what is missing", () => {
  const gaps = gapsOf([batch("p", 7, [10, 80], true)]);
  match(gaps[0]!, /^the first 7 batches have not come: .* made again while its probe ran$/);
  equal(gaps.length, 1);
});

Deno.test("coverage: a line that came twice does not stand for one that is missing", () => {
  const header = batch("p", 0, [10, 20], true).header;
  const events = base.batches.flatMap((one) => one.events).slice(0, 2);
  const [first, second] = events.map((event) => ({ ...event, timeNs: event.timeNs + 10n }));
  const of = (list: Batch["events"]): Batch => ({
    header: { ...header, totals: { ...header.totals, events: 2 } },
    events: list,
    states: [],
    refused: 0,
  });
  equal(gapsOf([of([first!, second!])]), []);
  equal(gapsOf([of([first!, second!, first!])]), []);
  equal(gapsOf([of([first!, first!])]), ["1 of the events that it sent have not come"]);
});

Deno.test("[O25] coverage: a recorder says of how many that died it may have no way", () => {
  const recorded = (recorder: NonNullable<Batch["header"]["recorder"]>) => {
    const only = batch("p", 0, [10, 20], true);
    return gapsOf([{ ...only, header: { ...only.header, recorder } }]).slice(1);
  };
  equal(recorded({ overwritten: 0 }), []);
  equal(recorded({ overwritten: 0, spared: 0 }), []);
  const [said, ...more] = recorded({ overwritten: 0, spared: 7 });
  match(said!, /of busy flows it kept the way of one packet in 16: of at least \d packets/);
  equal(more, []);
});

Deno.test("[O22] coverage: what was left out of packets and of drops is told, a gap each", () => {
  const sampledGaps = (rank: number, dropRank: number) => {
    const all = batch("p", 0, [10, 30], true);
    const stretch = { fromNs: "10000000000", toNs: "30000000000", rank, dropRank };
    return gapsOf([{ ...all, header: { ...all.header, sampled: [stretch] } }]);
  };
  equal(sampledGaps(0, 0), []);
  match(sampledGaps(3, 0).join(), /one in 8 besides those that begin, end or refuse something$/);
  match(sampledGaps(16, 0).join(), /none besides those that begin, end or refuse something$/);
  // Then those are told in part, too.
  match(sampledGaps(17, 0).join(), /not even all of those that begin, end or refuse something$/);
  match(sampledGaps(0, 2).join(), /^there were more drops, errors and resets .* one in 4$/);
  equal(sampledGaps(3, 2).length, 2);
});
