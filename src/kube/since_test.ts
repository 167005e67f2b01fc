import { equal } from "node:assert/strict";
import type { ClusterEndpoints } from "../event/cluster/objects.ts";
import { condensed } from "./condense.ts";
import { serverClock } from "./server_clock.ts";
import { setSinceMs } from "./since.ts";

const recorded = async (name: string) => {
  const url = new URL(`../../test/kube/recorded/${name}.json`, import.meta.url);
  return JSON.parse(await Deno.readTextFile(url)) as { items: Record<string, unknown>[] };
};

/** Asked for at 10.5 s and read at 10.9 s, when the server's clock had its tenth second. */
const clock = serverClock({ askedMs: 10_500, readMs: 10_900, dateMs: 10_000 });

Deno.test("kube: since when endpoints are so is told of a real server's slices that have some", async () => {
  const { items } = await recorded("endpointslices");
  const told = items.map((item) => {
    const { name, sinceMs } = condensed("endpointslices", item, clock) as ClusterEndpoints;
    return [name, sinceMs && new Date(sinceMs).toISOString()] as const;
  });
  const since = new Map(told.map(([name, at]) => [name.replace(/-\w{5}$/, ""), at]));
  // A second that times are cut to, and 0.9 s that the server's clock may be behind ours.
  equal(since.get("payments"), "2026-11-26T20:42:58.900Z");
  equal(since.get("web"), "2026-11-26T20:48:22.900Z");
  equal(since.get("stock"), undefined);
});

Deno.test("kube: an entry without a time, none of the field, or none at all tells nothing", () => {
  const entry = { time: "2026-11-26T20:48:21Z", fieldsV1: { "f:endpoints": {} } };
  const creationTimestamp = "2026-11-26T20:48:20Z";
  const since = (managedFields: unknown, path = ["f:endpoints"]) =>
    setSinceMs({ creationTimestamp, managedFields }, path, clock);
  equal(since([entry]), Date.parse("2026-11-26T20:48:22.900Z"));
  equal(
    since([entry, { ...entry, time: "2026-11-26T20:50:00Z", fieldsV1: {} }]),
    1_795_726_201_900,
  );
  equal(since([entry, { fieldsV1: {} }]), undefined);
  equal(since([entry, { ...entry, time: "yesterday" }]), undefined);
  equal(since([entry], ["f:spec", "f:ports"]), undefined);
  equal(since([]), undefined);
  equal(since(undefined), undefined);
  equal(since("f:endpoints"), undefined);
  equal(setSinceMs({ managedFields: [entry] }, ["f:endpoints"], clock), undefined);
  equal(setSinceMs({ creationTimestamp, managedFields: [entry] }, ["f:endpoints"]), undefined);
});

Deno.test("kube: a server's clock that is more than three seconds off, or not told, is not believed", () => {
  const at = (dateMs: number | undefined) =>
    serverClock({ askedMs: 100_000, readMs: 100_200, dateMs })?.(50_000);
  equal(at(100_000), 51_200);
  // Behind ours: what it wrote at its 50 s was later by our clock.
  equal(at(97_000), 54_200);
  equal(at(95_000), undefined);
  // Before ours: what another server wrote is not earlier for that.
  equal(at(103_000), 51_000);
  equal(at(104_000), undefined);
  equal(at(undefined), undefined);
});
