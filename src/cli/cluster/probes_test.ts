import { deepEqual, equal } from "node:assert/strict";
import type { IngestClient } from "../../ingest/mod.ts";
import type { ProbeEnd, ProbeThere } from "./fleet.ts";
import { endAll } from "./probes.ts";

/** A probe of which nothing is left there once `gone` resolves. */
function probe(name: string, gone: Promise<ProbeEnd>, asked: string[]): ProbeThere {
  return { place: { name }, ended: gone, end: () => void asked.push(name) };
}

Deno.test("cluster: nobody waits for a probe's pod to go when the ingest has its last, nor for a last of one that is gone", async () => {
  const asked: string[] = [];
  const never = new Promise<ProbeEnd>(() => {});
  const gone = Promise.resolve({ isWell: false, said: "its pod was removed" });
  const probes = [probe("node1", never, asked), probe("node2", gone, asked)];
  let looks = 0;
  const client = {
    report: () => {
      looks++;
      const node = { name: "node1", ...(looks > 1 ? { endedAt: "2026-11-27T04:00:00Z" } : {}) };
      return Promise.resolve({ nodes: [node, { name: "node2" }] });
    },
  } as unknown as IngestClient;
  await endAll(client, { incident: "i", probes });
  deepEqual(asked, ["node1", "node2"]);
  equal(looks, 2);
});
