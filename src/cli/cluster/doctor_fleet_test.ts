import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { IngestClient } from "../../ingest/mod.ts";
import { createEnding } from "../capture/end.ts";
import { doctorFleet } from "./doctor_fleet.ts";
import type { Fleet, ProbeEnd } from "./fleet.ts";

/** A fleet in which `seeing` report, and the others neither report nor end until they are told to. */
function fleetOf(names: readonly string[], seeing: readonly string[]) {
  const ended: string[] = [];
  const report = {
    nodes: seeing.map((name) => ({
      ...{ name, scripts: [{ name: "drop", state: "attached" }], netns: [] },
    })),
  };
  const client = {
    createIncident: () => Promise.resolve({}),
    createToken: () => Promise.resolve({ token: "t" }),
    report: () => Promise.resolve(report),
  } as unknown as IngestClient;
  const fleet: Fleet = {
    client,
    page: () => null,
    places: () => Promise.resolve(names.map((name) => ({ name }))),
    start(place) {
      const { promise, resolve } = Promise.withResolvers<ProbeEnd>();
      const end = () => {
        ended.push(place.name);
        resolve({ isWell: true, said: "" });
      };
      return { place, ended: promise, end };
    },
    close: () => Promise.resolve([]),
  };
  return { fleet, ended };
}

async function doctor(names: readonly string[], seeing: readonly string[]) {
  const { fleet, ended } = fleetOf(names, seeing);
  const ending = createEnding(() => {});
  const lines: string[] = [];
  const log = console.log;
  console.log = (line: string) => lines.push(line);
  try {
    const code = await doctorFleet({
      ...{ fleet, ending, bounds: [], progress: () => {} },
      attachMs: 0,
    });
    return { code, lines, ended };
  } finally {
    console.log = log;
    ending.close();
  }
}

Deno.test("cluster doctor: a machine that neither answers nor ends is named, and the others are told", async () => {
  const { code, lines, ended } = await doctor(["node1", "no\u001b[2Jde2"], ["node1"]);
  equal(code, 1);
  match(lines[0]!, /^✓ node1 /);
  match(lines.at(-2)!, /^no answer in time: no.*de2$/);
  ok(!lines.join().includes("\u001b"));
  equal(lines.at(-1), "1 of 2 machines can be traced");
  equal(ended.length, 2);
});

Deno.test("cluster doctor: where nobody answers it ends, too", async () => {
  const { code, lines } = await doctor(["node1"], []);
  equal(code, 1);
  deepEqual(lines, ["no answer in time: node1", "0 of 1 machine can be traced"]);
});

Deno.test("cluster doctor: where all see nobody is waited for", async () => {
  const { code, lines } = await doctor(["node1", "node2"], ["node1", "node2"]);
  equal(code, 0);
  equal(lines.at(-1), "2 of 2 machines can be traced");
});
