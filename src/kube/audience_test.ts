import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { Cluster } from "../analysis/cluster/cluster.ts";
import type { ClusterObject, ClusterState } from "../event/cluster/state.ts";
import { ClusterAudience } from "./audience.ts";
import { ClusterTeller } from "./teller.ts";

const pod = (name: string, address: string) =>
  ({ namespace: "shop", name, addresses: [address] }) as ClusterObject;

/** Lines of a reader about pods: each is one second after the last. */
function reader() {
  const audience = new ClusterAudience();
  let [sequence, wallMs] = [0, 1_000_000];
  return {
    audience,
    says(told: ClusterState["told"], more: Partial<ClusterState> = {}) {
      const about = { kind: "cluster", cluster: "kind", resource: "pods", objects: [] };
      wallMs += 1_000;
      audience.push({ ...about, told, sequence: sequence++, wallMs, ...more } as ClusterState);
      return wallMs;
    },
  };
}

/** Who hears, and what. */
function hearing(audience: ClusterAudience, id: string): ClusterState[] {
  const lines: ClusterState[] = [];
  audience.join(id, (line) => lines.push(line));
  return lines;
}

Deno.test("cluster: who comes late is told what there is, then what changes, in numbers of its own", () => {
  const { audience, says } = reader();
  const first = hearing(audience, "first");
  says("listed", { objects: [pod("a", "10.0.0.1"), pod("b", "10.0.0.2")] as never });
  says("changed", { gone: ["shop/a"], objects: [pod("c", "10.0.0.3")] as never });
  const heardMs = says("watched");
  const late = hearing(audience, "late");
  deepEqual(
    late.map(({ told, wallMs, objects }) => [told, wallMs, objects.map(({ name }) => name)]),
    [["listed", heardMs, ["b", "c"]]],
  );
  says("changed", { gone: ["shop/b"] });
  audience.leave("late");
  says("changed", { gone: ["shop/c"] });
  deepEqual(late.map(({ sequence, gone }) => [sequence, gone]), [[0, undefined], [1, ["shop/b"]]]);
  deepEqual(first.map(({ sequence }) => sequence), [...first.keys()]);
});

Deno.test("cluster: that nothing changed is told seldom, and always before the watch breaks or ends", () => {
  const { audience, says } = reader();
  const lines = hearing(audience, "one");
  says("listed");
  for (let i = 0; i < 14; i++) says("watched");
  equal(lines.length, 1);
  const heardMs = says("watched");
  deepEqual(lines.map(({ told }) => told), ["listed", "watched"]);
  equal(lines[1]!.wallMs, heardMs);
  const lastMs = says("watched");
  says("broken", { why: "the watch ended" });
  deepEqual(lines.slice(2).map(({ told, wallMs }) => [told, wallMs]), [
    ["watched", lastMs],
    ["broken", lastMs + 1_000],
  ]);
  deepEqual(hearing(audience, "while it is broken"), []);
  says("listed");
  says("watched", { final: true });
  deepEqual(lines.slice(4).map(({ told }) => told), ["listed", "watched"]);
});

Deno.test("cluster: whoever asks is told at once that nothing changed, and only what is new of it", () => {
  const { audience, says } = reader();
  const [one, other] = [hearing(audience, "one"), hearing(audience, "other")];
  says("listed");
  const heardMs = says("watched");
  audience.tellHeard("one");
  audience.tellHeard("one");
  audience.tellHeard("nobody");
  deepEqual(one.map(({ told }) => told), ["listed", "watched"]);
  equal(one[1]!.wallMs, heardMs);
  deepEqual(other.map(({ told }) => told), ["listed"]);
  says("broken", { why: "the watch ended" });
  audience.tellHeard("other");
  deepEqual(other.map(({ told }) => told), ["listed", "watched", "broken"]);
});

Deno.test("cluster: what could not be told stays untold for who comes late", () => {
  const { audience, says } = reader();
  says("listed", { leftOut: 2 });
  says("changed", { leftOut: 1 });
  deepEqual(hearing(audience, "late").map(({ leftOut }) => leftOut), [3]);
});

Deno.test("cluster: whoever comes when knows the same in the end", () => {
  const name = fc.constantFrom("a", "b", "c", "d");
  const step = fc.oneof(
    fc.record({ put: name, last: fc.integer({ min: 1, max: 9 }) }),
    fc.record({ gone: name }),
    fc.constant({ told: "watched" as const }),
    fc.constant({ told: "broken" as const }),
    fc.record({ list: fc.uniqueArray(name) }),
  );
  fc.assert(fc.property(fc.array(step, { maxLength: 30 }), fc.nat(), (steps, joined) => {
    const { audience, says } = reader();
    const heard: ClusterState[][] = [hearing(audience, "first")];
    says("listed", { objects: [pod("a", "10.0.0.1")] as never });
    for (const [i, each] of steps.entries()) {
      if (i === joined % (steps.length + 1)) heard.push(hearing(audience, "late"));
      if ("put" in each) {
        says("changed", { objects: [pod(each.put, `10.0.0.${each.last}`)] as never });
      } else if ("gone" in each) says("changed", { gone: [`shop/${each.gone}`] });
      else if ("list" in each) {
        says("listed", { objects: each.list.map((one) => pod(one, "10.0.0.1")) as never });
      } else says(each.told, each.told === "broken" ? { why: "it broke" } : {});
    }
    if (heard.length === 1) heard.push(hearing(audience, "late"));
    // A reader lists again whenever its watch breaks.
    says("listed", { objects: [pod("d", "10.0.0.9")] as never });
    const endMs = says("watched", { final: true });
    const known = heard.map((lines) => {
      deepEqual(lines.map(({ sequence }) => sequence), [...lines.keys()]);
      const cluster = new Cluster();
      cluster.tell(batchesOf(lines));
      const now = { fromMs: endMs, toMs: endMs };
      ok(cluster.isWhole(["pods"], now));
      return cluster.versions("pods", now).map(({ object }) => JSON.stringify(object)).sort();
    });
    deepEqual(known[1], known[0]);
  }));
});

/** As an analysis is given them. */
function batchesOf(lines: readonly ClusterState[]): Parameters<Cluster["tell"]>[0] {
  const batches: ReturnType<typeof Array<Parameters<Cluster["tell"]>[0][number]>> = [];
  const teller = new ClusterTeller("i", ({ header, lines }) => {
    const cluster = lines.map((line) => JSON.parse(line));
    batches.push({ header, events: [], states: [], cluster } as never);
  });
  for (const line of lines) teller.push(line);
  teller.flush(1);
  return batches;
}
