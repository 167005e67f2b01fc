/** What a soak holds against a report, and what it forgives. */
import { deepEqual, equal, match } from "node:assert/strict";
import type { Flow, Report } from "../../src/event/report.ts";
import type { Batch } from "./batches.ts";
import { Memory } from "./memory.ts";
import { type Fault, TCP_PORT } from "./network.ts";
import { judge, mark, type Trial } from "./trials.ts";

const fault: Fault = {
  kind: "nft drop",
  code: "netfilter-drop",
  address: "10.201.2.9",
  port: 5_000,
  lay: () => Promise.resolve(),
  mend: () => Promise.resolve(),
};
const trial = (marks: Partial<Trial> = {}): Trial => ({
  fault,
  fromSeconds: 10,
  toSeconds: 13,
  disturbed: false,
  late: false,
  ...marks,
});

/** A report of one flow, as far as it is looked at. */
function report(outcome: string, code?: string, destinationPort = fault.port): Report {
  const cause = code === undefined ? undefined : { code };
  const flow = { id: "f", destination: fault.address, destinationPort, outcome, cause };
  return { flows: [flow as unknown as Flow] } as Report;
}

Deno.test("soak: a fault must be named, unless a probe was harmed or its state was read too late", () => {
  const named = judge(report("dropped", "netfilter-drop"), [trial()]);
  deepEqual([named.named, named.complaints], [1, []]);
  match(judge(report("unknown"), [trial()]).complaints[0]!, /^nft drop, port 5000: unknown, must/);
  equal(judge(report("unknown"), [trial({ disturbed: true })]).open, 1);
  equal(judge(report("dropped", "unexplained"), [trial({ late: true })]).late, 1);
  for (const marks of [{ disturbed: true }, { late: true }]) {
    equal(judge(report("dropped", "no-route"), [trial(marks)]).complaints.length, 1);
  }
});

Deno.test("soak: healthy traffic must not be accused, whatever happened", () => {
  equal(judge(report("delivered", undefined, TCP_PORT), []).healthyDelivered, 1);
  equal(judge(report("unknown", undefined, TCP_PORT), []).healthyUnknown, 1);
  equal(judge(report("dropped", undefined, TCP_PORT), []).healthyAccused, 1);
  equal(judge(report("unknown", "no-route", TCP_PORT), []).complaints.length, 1);
});

Deno.test("soak: a trial is disturbed when a node has not told of all of it", async () => {
  const of = (node: string, run: string, attachedSeconds: number, untilSeconds: number) => (
    { node, run, attachedSeconds, untilSeconds, states: [] } as unknown as Batch
  );
  const others = [of("client", "a", 1, 20), of("server", "b", 1, 20)];
  const disturbed = async (...batches: Batch[]) => {
    const one = trial();
    await mark(one, [...others, ...batches]);
    return one.disturbed;
  };
  equal(await disturbed(of("routers", "c", 1, 5), of("routers", "c", 1, 14)), false);
  equal(await disturbed(of("routers", "c", 1, 12)), true);
  equal(await disturbed(of("routers", "c", 1, 11), of("routers", "d", 12, 30)), true);
  equal(await disturbed(), true);
});

Deno.test("soak: memory is told by peaks of both halves, and nothing of a process that is gone", async () => {
  const memory = new Memory();
  for (let second = 0; second < 4; second++) await memory.sample("own", Deno.pid, second, true);
  await memory.sample("own", Deno.pid, 9, false);
  await memory.sample("gone", 2 ** 30, 0, true);
  const [own, ...others] = memory.figures();
  deepEqual([own!.role, own!.samples, others], ["own", 4, []]);
  equal(own!.maxMiB >= own!.lastPeakMiB && own!.firstPeakMiB > 10, true);
});
