import { deepEqual, equal, match } from "node:assert/strict";
import type { Flow, Hop } from "../event/report.ts";
import { compareFlows, type Comparison, partingText } from "./compare.ts";

const AS_IS = { text: (text: string) => text, arrow: "→" };

/** `"n1 host eth0 device-rx"`. */
function hop(words: string, more: Partial<Hop> = {}): Hop {
  const [node, netns, device, stage] = words.split(" ");
  return { node, netns, device, stage, ...more } as Hop;
}

function flow(path: Hop[], more: Partial<Flow> = {}): Flow {
  const lastHop = path.at(-1)!;
  const ends = { source: "10.0.0.1", destination: "10.96.0.1", destinationPort: 80 };
  return { protocol: "tcp", ...ends, outcome: "delivered", path, lastHop, ...more } as Flow;
}

const START = [hop("n1 pod eth0 device-tx"), hop("n1 host cni0 bridge-forward")];
const WELL = flow([...START, hop("n1 host eth0 device-tx"), hop("n2 host eth0 device-rx")]);

const shape = ({ rows }: Comparison) =>
  rows.map(({ pinned, other }) => `${pinned?.device ?? "-"} ${other?.device ?? "-"}`);

Deno.test("two flows of one way are alike, whatever port their client chose", () => {
  const other = { ...WELL, sourcePort: 40_001, id: "b" };
  const compared = compareFlows({ ...WELL, sourcePort: 40_000 }, other, AS_IS);
  equal(compared.partsAt, null);
  deepEqual(compared.flows, []);
  equal(partingText(compared, AS_IS), "Both took the same way, hop by hop.");
});

Deno.test("what starts with another TTL goes the same way, and its TTL is told once", () => {
  const from = (ttl: number) => flow(WELL.path.map((one, i) => ({ ...one, ttl: ttl - (i >> 1) })));
  const compared = compareFlows(from(64), from(3), AS_IS);
  equal(compared.partsAt, null);
  deepEqual(compared.flows, [{ what: "TTL, first and last", pinned: "64 to 63", other: "3 to 2" }]);
  deepEqual(compareFlows(from(64), from(64), AS_IS).flows, []);
});

Deno.test("they part at the first hop that differs, and it is told what differs there", () => {
  const cause = { code: "netfilter-drop" } as Flow["cause"];
  const bad = flow([...START, hop("n1 host cni0 drop", { reason: "NETFILTER_DROP" })], {
    outcome: "dropped",
    cause,
  });
  const compared = compareFlows(WELL, bad, AS_IS);
  equal(compared.partsAt, 2);
  deepEqual(compared.rows[2]!.differences, [
    { what: "device", pinned: "eth0", other: "cni0" },
    { what: "what happened", pinned: "sent", other: "dropped" },
    { what: "drop reason", pinned: "", other: "NETFILTER_DROP" },
  ]);
  deepEqual(compared.flows, [
    { what: "outcome", pinned: "delivered", other: "dropped" },
    { what: "cause", pinned: "", other: "netfilter-drop" },
    { what: "last seen", pinned: "eth0 in host on n2", other: "cni0 in host on n1" },
  ]);
  equal(
    partingText(compared, AS_IS),
    "Together for 2 hops, to cni0 in host on n1. Then the pinned one was sent at eth0 in host on " +
      "n1, and this one was dropped at cni0 in host on n1.",
  );
  deepEqual(compareFlows(bad, WELL, AS_IS).rows[2]!.differences[0], {
    what: "device",
    pinned: "cni0",
    other: "eth0",
  });
});

Deno.test("clients of two pods part at once, and are side by side where their ways meet", () => {
  const other = flow([
    hop("n1 pod-b eth0 device-tx"),
    hop("n1 pod-b lo device-rx"),
    ...WELL.path.slice(1),
  ]);
  const compared = compareFlows(WELL, other, AS_IS);
  deepEqual(shape(compared), ["eth0 eth0", "- lo", "cni0 cni0", "eth0 eth0", "eth0 eth0"]);
  equal(compared.partsAt, 0);
  deepEqual(compared.rows[0]!.differences, [
    { what: "namespace", pinned: "pod", other: "pod-b" },
  ]);
  deepEqual(compared.rows.map(({ differences }) => differences.length), [1, 1, 0, 0, 0]);
});

Deno.test("another backend, or another tunnel, at the same hop is a difference", () => {
  const to = (destination: string, sourcePort: number) =>
    flow([hop("n1 host cni0 translate", {
      translated: { source: "10.0.0.1", sourcePort, destination, destinationPort: 8080 },
    })]);
  equal(compareFlows(to("10.1.0.1", 1), to("10.1.0.1", 2), AS_IS).partsAt, null);
  deepEqual(compareFlows(to("10.1.0.1", 1), to("10.1.0.2", 1), AS_IS).rows[0]!.differences, [{
    what: "translation",
    pinned: "destination now 10.1.0.1:8080",
    other: "destination now 10.1.0.2:8080",
  }]);
  const inside = (id: number) =>
    flow([hop("n1 host eth0 device-tx", {
      encap: { kind: "vxlan", id, source: "1.1.1.1", destination: "2.2.2.2" },
    })]);
  equal(compareFlows(inside(1), inside(2), AS_IS).rows[0]!.differences[0]!.what, "tunnel");
});

Deno.test("a path that ends earlier parts after its last hop; a flow without a path has its last hop", () => {
  const short = flow(WELL.path.slice(0, 3));
  const compared = compareFlows(WELL, short, AS_IS);
  equal(compared.partsAt, 3);
  deepEqual(compared.rows[3]!.differences, [
    { what: "hop", pinned: "received at eth0 in host on n2", other: "" },
  ]);
  match(partingText(compared, AS_IS), /and this one was not seen any further\.$/);
  equal(compareFlows(WELL, { ...WELL, path: [] }, AS_IS).rows.length, 4);
});

Deno.test("both orders of comparing line up the same hops", () => {
  const a = flow(["a", "b", "c", "d", "e"].map((one) => hop(`n1 host ${one} device-rx`)));
  const b = flow(["b", "x", "d", "e", "y"].map((one) => hop(`n1 host ${one} device-rx`)));
  deepEqual(shape(compareFlows(a, b, AS_IS)), ["a -", "b b", "c x", "d d", "e e", "- y"]);
  deepEqual(shape(compareFlows(b, a, AS_IS)), ["- a", "b b", "x c", "d d", "e e", "y -"]);
});
