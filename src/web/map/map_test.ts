import { deepEqual, equal, ok } from "node:assert/strict";
import type { Flow, Hop, Problem } from "../../event/report.ts";
import { problems } from "../fixture/problems.ts";
import { longPath } from "../fixture/extremes.ts";
import { foldMap, ROOM } from "./fold.ts";
import { layoutMap, type Rect, type Wanted } from "./layout.ts";
import { type MapModel, mapModel } from "./model.ts";

/** `"n1 host"`: a hop in namespace host of node n1. */
const hop = (words: string, more: Partial<Hop> = {}): Hop => {
  const [node, netns] = words.split(" ");
  return { node, netns, device: "eth0", stage: "device-rx", ...more } as Hop;
};

const flow = (path: Hop[], more: Partial<Flow> = {}): Flow =>
  ({ id: "f", outcome: "delivered", path, lastHop: path.at(-1)!, ...more }) as Flow;

const problemAt = (lastHop: Hop, more: Partial<Problem> = {}): Problem =>
  ({ id: "p", state: "active", flows: 1, lastHop, ...more }) as Problem;

/** Each flow by itself, as if no other answered it. */
const alone = (...flows: Flow[]) => flows.map((one) => ({ flows: [one] }));

const names = ({ places }: MapModel) => places.map(({ node, netns }) => `${node}/${netns}`);

Deno.test("places are where packets were, links the ways between them, whatever device", () => {
  const path = [hop("n1 pod"), hop("n1 pod"), hop("n1 host"), hop("n2 host"), hop("n1 host")];
  const { places, links } = mapModel(alone(flow(path), flow(path)), []);
  deepEqual(places.map(({ netns, flows }) => `${netns} ${flows}`), ["pod 2", "host 2", "host 2"]);
  deepEqual(links.map(({ flows }) => flows), [2, 4]);
});

Deno.test("an answer goes the way of its question backwards, in one link", () => {
  const question = flow([hop("n1 pod"), hop("n2 pod")]);
  const answer = flow([hop("n2 pod"), hop("n1 pod")], { replyOf: "f" });
  for (const flows of [[question, answer], [answer, question], [answer]]) {
    const { links } = mapModel(alone(...flows), []);
    equal(links.length, 1);
    deepEqual(JSON.parse(links[0]!.from), ["n1", "pod"]);
  }
});

Deno.test("a tunnel is on the ways between its ends, and on no other", () => {
  const encap = { kind: "vxlan", id: 42, source: "1.1.1.1", destination: "2.2.2.2" };
  const inside = { encap };
  const path = [hop("n1 pod"), hop("n1 host"), hop("n1 host", inside), hop("n2 host", inside)];
  const { links } = mapModel(alone(flow([...path, hop("n2 pod")])), []);
  deepEqual(links.map(({ tunnels }) => tunnels), [[], ["vxlan 42"], []]);
  const nested = longPath().flows[0]!;
  ok(mapModel(alone(nested), []).links.some(({ tunnels }) => tunnels.includes("geneve 7001")));
});

Deno.test("a problem stands where its packets were last seen, also when no path leads there", () => {
  const report = problems();
  const { places } = mapModel(alone(...report.flows), report.problems);
  deepEqual(places.map(({ problems }) => problems.map(({ id }) => id)), [
    ["p-nft", "p-closed", "p-gone"],
  ]);
  deepEqual(names(mapModel([], [problemAt(hop("n9 pod"))])), ["n9/pod"]);
});

Deno.test("a flow fails on its way while its problem is not healed", () => {
  const bad = flow([hop("n1 pod"), hop("n2 host")], { problems: ["p"] });
  const failing = (state: Problem["state"]) =>
    mapModel(alone(bad), [problemAt(hop("n2 host"), { state })]).links[0]!.failing;
  deepEqual([failing("active"), failing("ended"), failing("healed")], [1, 1, 0]);
});

Deno.test("names from outside are no keys: two namespaces are never taken for one", () => {
  const path = [hop("a b"), { ...hop("a b"), node: 'a","b', netns: "" }];
  equal(mapModel(alone(flow(path)), []).places.length, 2);
});

/** A client pod on each of so many nodes, all asking one service on n0, of which the first fails. */
function cluster(nodes: number, podsEach: number): MapModel {
  const server = [hop("n0 host"), hop("n0 server")];
  const flows = Array.from({ length: nodes * podsEach }, (_, i) => {
    const node = `n${1 + i % nodes}`;
    const path = [hop(`${node} pod-${i}`), hop(`${node} host`), ...server];
    return flow(path, { id: `${i}`, ...i === 0 && { problems: ["p"], path: path.slice(0, 3) } });
  });
  return mapModel(alone(...flows), [problemAt(server[0]!)]);
}

Deno.test("a small map is not folded, of a large one what is alike is", () => {
  const small = cluster(2, 4);
  equal(foldMap(small, new Set(), ROOM.wide), small);
  equal(foldMap(small, new Set(), ROOM.narrow).places.length, 5);
  const large = cluster(40, 5);
  equal(large.places.length, 242);
  const { places, links } = foldMap(large, new Set(), ROOM.wide);
  deepEqual(places.map(({ node, netns, folded }) => `${node} ${netns} ${folded?.places ?? ""}`), [
    "n1 pod-0 ",
    "n1 host ",
    "n0 host ",
    "n0 server ",
    "n1  4",
    "null  234",
  ]);
  ok(links.every(({ from, to }) => [from, to].every((id) => places.some((one) => one.id === id))));
  ok(links.every(({ from, to }) => from !== to));
});

Deno.test("what is folded can be opened, and where packets die is not, up to a limit", () => {
  const large = cluster(40, 5);
  const fold = foldMap(large, new Set(), ROOM.wide).places.find(({ node }) => node === null)!;
  const opened = foldMap(large, new Set([fold.id]), ROOM.wide);
  equal(opened.places.some(({ id }) => id === fold.id), false);
  equal(opened.places.filter(({ folded }) => folded?.places === 6).length, 39);
  const everywhere = large.places.map(({ node, netns }, i) =>
    problemAt(hop(`${node} ${netns}`), { id: `${i}` })
  );
  const deadly = foldMap(mapModel([], everywhere), new Set(), ROOM.wide).places;
  equal(deadly.filter(({ folded }) => folded === undefined).length, 40);
  equal(deadly.flatMap(({ problems }) => problems).length, 242);
});

const overlap = (a: Rect, b: Rect): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

function wanted({ places, links }: MapModel, direction: Wanted["direction"]): Wanted {
  return {
    direction,
    boxes: places.map(({ id, node }) => ({ id, width: 170, height: 50, group: node })),
    links: links.map(({ from, to }, i) => ({ from, to, labelWidth: i % 3 === 0 ? 80 : 0 })),
  };
}

Deno.test("no two boxes or nodes of a map overlap, and all is inside", () => {
  const maps = [
    cluster(2, 4),
    foldMap(cluster(40, 5), new Set(), ROOM.wide),
    mapModel(alone(...longPath().flows), []),
  ];
  for (const map of maps) {
    for (const direction of ["LR", "TB"] as const) {
      const { boxes, groups, width, height } = layoutMap(wanted(map, direction));
      equal(boxes.size, map.places.length);
      for (const rects of [[...boxes.values()], [...groups.values()]]) {
        for (const [i, one] of rects.entries()) {
          ok(
            one.x >= 0 && one.y >= 0 && one.x + one.width <= width && one.y + one.height <= height,
          );
          for (const other of rects.slice(i + 1)) ok(!overlap(one, other));
        }
      }
    }
  }
});

Deno.test("an empty map has no size", () => {
  const { boxes, width, height } = layoutMap({ direction: "LR", boxes: [], links: [] });
  deepEqual([boxes.size, width, height], [0, 0, 0]);
});
