/**
 * What counters told on a machine that was quiet, so that all of it is known: three of fifteen thousand
 * packets and two of IPv6 are lost on a wire that nobody watches. `src/analysis/count/flow_count_kernel_test.ts` records it.
 */
import { deepStrictEqual as equal, ok } from "node:assert/strict";
import { reportOf } from "../kernels/bench/judged.ts";
import type { Flow } from "../../src/event/report.ts";
import { checkExact, flowTo, hasSeenAll, lengthOf, udpTruths } from "./truth.ts";

const FOLDER = new URL("./recorded/", import.meta.url).pathname;

const recorded = (what: string) => reportOf(`${FOLDER}${what}.archive.gz`);

/** Nothing numbers it, so that without digests it would be the thirteen seconds in which it was sent. */
const NARROW_MS = 6_000;

Deno.test("[O23] [O24] [O30] [O31] all packets that a wire lost are counted, in their time, while the flow goes on", async () => {
  const report = await recorded("udp");
  ok(hasSeenAll(report), "it was recorded on a machine that was busy");
  const truths = udpTruths(await Deno.readTextFile(`${FOLDER}udp.sent.txt`));
  for (const { port, ...truth } of truths) checkExact(flowTo(report, port), truth);
  const [lossy, whole, six] = truths.map(({ port }) => flowTo(report, port)) as [Flow, Flow, Flow];
  equal([lossy, whole, six].map(({ counted }) => counted!.losses!.length), [1, 0, 1]);
  ok(lengthOf(six.counted!.losses![0]!) < NARROW_MS, six.counted!.sentence);
  equal(six.counted!.losses![0]!.dropsTold, 0, "what died in the receiver did not die on the wire");
  // It ended long before the trace did, as the sender counts it.
  const { seen, delivered, dropped } = whole.packets;
  equal([seen, delivered + dropped], [truths[1]!.sent, truths[1]!.sent]);
  // What was lost is a problem each, though no packet that was told shows it.
  const told = report.problems.flatMap(({ counted, example }) =>
    counted ? [{ ...counted, example }] : []
  );
  const known = [lossy, six].filter(({ counted }) => counted!.traced!.vanished === 0);
  ok(known.length > 0, "packets that were told show all of it");
  equal(
    told.map(({ lost, from, to, example }) => [example, lost, from.node, to.node].join(" ")).sort(),
    known.map((flow) => `${flow.id} ${flow.counted!.lost} a b`).sort(),
  );
});

Deno.test("[O23] [O24] what TCP put together at one place and not at the other is all counted", async () => {
  const report = await recorded("tcp");
  ok(hasSeenAll(report), "it was recorded on a machine that was busy");
  const { counted } = flowTo(report, 5004);
  ok(counted!.packets! > 500, counted!.sentence);
  equal([counted!.gap, counted!.lost, counted!.losses], [undefined, 0, []]);
});
