/** What Prometheus is told of problems. */
import { deepEqual, equal, ok } from "node:assert/strict";
import type { HttpTest } from "./http.ts";
import { refusedLine } from "./http_problems.ts";
import { body } from "./lines.ts";
import { ask, clientOf, type Target } from "./target.ts";

/** Lines of these metrics without comments, sorted. */
async function lines(target: Target, name: RegExp): Promise<string[]> {
  const text = await (await ask(target, "GET", "/metrics")).text();
  return text.split("\n").filter((line) => name.test(line)).sort();
}

const PROBLEMS = /^lasthop_(problems|lost_packets_total)\{/;

export function metricsContract(test: HttpTest): void {
  test("problems and lost packets are told by outcome, cause and node", async (target) => {
    const client = clientOf(target);
    await client.createIncident({ id: "p" });
    deepEqual(await lines(target, PROBLEMS), []);
    const send = (sequence: number, ...sent: string[]) =>
      client.postBatch("p", body({ incident: "p", sequence }, ...sent));
    await send(0, refusedLine(1001, 53), refusedLine(1002, 53, 2), refusedLine(1003, 54));
    const labels = 'outcome="dropped",cause="no-listener",node="node-a"';
    deepEqual(await lines(target, PROBLEMS), [
      `lasthop_lost_packets_total{${labels}} 3`,
      `lasthop_problems{${labels},state="active"} 2`,
    ]);
    await send(1, refusedLine(1004, 55));
    equal((await lines(target, /^lasthop_lost/))[0], `lasthop_lost_packets_total{${labels}} 4`);
    await send(2, refusedLine(1005, 55, 2));
    await client.closeIncident("p");
    // What was lost last is counted, and stays when the incident is gone.
    deepEqual(await lines(target, PROBLEMS), [`lasthop_lost_packets_total{${labels}} 5`]);
    await client.deleteIncident("p");
    deepEqual(await lines(target, PROBLEMS), [`lasthop_lost_packets_total{${labels}} 5`]);
  }, { analysis: "real" });

  test(
    "a node's name ends neither its label nor its line, and there are not too many",
    async (target) => {
      const client = clientOf(target);
      await client.createIncident({ id: "p" });
      const hostile = 'a"} 1\nlasthop_evil{x="\\';
      for (
        const [sequence, node] of [hostile, ...Array.from({ length: 120 }, (_, i) => `n${i}`)]
          .entries()
      ) {
        const some = { incident: "p", sequence: 0, node, probe: `p${sequence}` };
        await client.postBatch("p", body(some, refusedLine(1001 + sequence, 53, sequence + 1)));
      }
      const told = await lines(target, /lasthop_(problems|evil)/);
      equal(told.some((line) => line.startsWith("lasthop_evil")), false);
      ok(
        told.some((line) => line.includes(`node="a\\"} 1⟨U+000A⟩lasthop_evil{x=\\"\\\\"`)),
        told[2],
      );
      const series = told.filter((line) => line.startsWith("lasthop_problems{"));
      equal(series.length, 101);
      ok(series.some((line) => /node="other",state="active"\} 21$/.test(line)));
      for (const line of series) {
        ok(/^lasthop_problems\{(\w+="(?:[^"\\]|\\[\\"n])*",?){4}\} \d+$/.test(line), line);
      }
    },
    { analysis: "real" },
  );
}
