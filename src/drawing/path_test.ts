import { deepEqual, equal, ok } from "node:assert/strict";
import type { Flow } from "../event/report.ts";
import { hostile, longPath } from "../web/fixture/extremes.ts";
import { i1, i1Repaired, i2 } from "../web/fixture/incident_1_2.ts";
import { i3, i4 } from "../web/fixture/incident_3_4.ts";
import { pathModel } from "./model.ts";
import { layoutRail } from "./rail.ts";
import { layoutRows } from "./rows.ts";
import { type Box, type Scene, textWidth, wrapped } from "./scene.ts";

const model = (flow: Flow | undefined) => pathModel(flow!);

Deno.test("hops on one device are one station, and the last one says how it ended", () => {
  const { stations, ghost } = model(i1().flows[0]);
  deepEqual(stations.map(({ device }) => device), [
    "ovn-k8s-mp0",
    "br-int",
    "ab2c91f0d3e4_3",
    "eth0",
    "vxlan1",
    "enp1s0",
    "enp1s0",
    "vxlan0",
  ]);
  equal(stations.at(-1)!.end, "dropped");
  equal(stations.at(-1)!.doing, "decapsulated, received, dropped");
  equal(stations.at(-1)!.here, "7.37 µs here");
  deepEqual(stations.at(-1)!.notes, [{ tone: "drop", text: "ip_rcv_core · OTHERHOST" }]);
  deepEqual(ghost, { title: "10.132.2.46", why: "never reached", inTunnel: false });
});

Deno.test("a tunnel runs from the device that wraps to the one that unwraps", () => {
  const [tunnel, ...rest] = model(i1().flows[0]).tunnels;
  equal(rest.length, 0);
  deepEqual([tunnel!.from, tunnel!.to, tunnel!.openStart, tunnel!.openEnd], [4, 7, false, false]);
  equal(tunnel!.label, "vxlan 555005  192.168.10.163 → 192.168.10.201:4789");
});

Deno.test("what vanished inside a tunnel should have come to the tunnel's other end", () => {
  const { ghost, stations, tunnels } = model(i3().flows[0]);
  deepEqual(ghost, { title: "172.19.0.13:8472", why: "never arrived", inTunnel: true });
  equal(stations.at(-1)!.end, "vanished");
  equal(tunnels[0]!.openEnd, true);
});

Deno.test("a tunnel whose mouth was not seen is open where the path first shows it", () => {
  const [flow] = i1().flows;
  const { tunnels } = pathModel({ ...flow!, path: flow!.path.slice(6) });
  deepEqual([tunnels[0]!.from, tunnels[0]!.openStart], [0, true]);
});

Deno.test("an unmarked path keeps its tunnel between encapsulate and decapsulate", () => {
  const [flow] = i1().flows;
  const path = flow!.path.map((hop) =>
    hop.stage.endsWith("capsulate") ? hop : { ...hop, encap: undefined }
  );
  const { tunnels } = pathModel({ ...flow!, path });
  deepEqual(tunnels.map(({ from, to }) => [from, to]), [[4, 7]]);
});

Deno.test("what was wrapped last is outermost, translations are notes where they happen", () => {
  const { tunnels, stations } = model(longPath().flows[0]);
  deepEqual(tunnels.map(({ encap, depth }) => [encap.kind, depth]), [["geneve", 1], ["vxlan", 0]]);
  const notes = stations.flatMap(({ device, notes }) =>
    notes.filter(({ tone }) => tone === "change").map(({ text }) => `${device}: ${text}`)
  );
  deepEqual(notes, [
    "cni0: destination 10.96.44.8:443 → 10.244.9.80:8443",
    "vxlan.calico: source 10.244.3.17:53310 → 198.51.100.10:61002",
  ]);
});

Deno.test("a delivered packet has no ghost; one nobody watched further has", () => {
  equal(model(i1Repaired().flows[0]).ghost, null);
  equal(model(i2().flows[0]).ghost!.title, "10.16.203.160:6443");
});

Deno.test("a flow without a path still shows its last hop", () => {
  equal(pathModel({ ...i4().flows[0]!, path: [] }).stations.length, 1);
});

const FLOWS = [i1, i1Repaired, i2, i3, i4, longPath, hostile].map((make) => make().flows[0]!);
const WIDTHS = [340, 380, 619, 620, 800, 1100, 1900, 2500];

function outside(scene: Scene): string[] {
  const out: string[] = [];
  for (const { x, width, y, height, text } of scene.boxes) {
    if (x < 0 || x + width > scene.width || y + height > scene.height) out.push(`box ${text}`);
  }
  for (const { x, y, text, kind, anchor } of scene.labels) {
    const width = textWidth(text, kind);
    const left = anchor === "start" ? x : anchor === "end" ? x - width : x - width / 2;
    if (left < 0 || left + width > scene.width || y > scene.height) out.push(`label ${text}`);
    if (kind !== "change" && kind !== "drop" && kind !== "device") continue;
    const holds = (box: Box) =>
      left >= box.x && left + width <= box.x + box.width && y > box.y && y < box.y + box.height;
    if (!scene.boxes.some((box) => box.kind === "node" && holds(box))) out.push(`${kind} ${text}`);
  }
  for (const { x, y, kind } of scene.marks) {
    if (x < 8 || x > scene.width - 8 || y > scene.height - 8) out.push(`mark ${kind}`);
  }
  return out;
}

Deno.test("times stand between devices of one node, and its total at the last of them", () => {
  const { stations } = model(longPath().flows[0]);
  const [pod, veth, cni] = stations;
  deepEqual([pod!.after, veth!.after, cni!.after], [undefined, "2.31 µs", "3.23 µs"]);
  const crossing = stations.findIndex(({ node }) => node === "gateway");
  equal(stations[crossing]!.after, undefined);
  ok(stations[crossing - 1]!.total!.startsWith("total "));
  equal(stations.filter(({ slowest }) => slowest !== undefined).length, 1);
});

Deno.test("both layouts keep every shape inside, at any width, with one mark per station", () => {
  for (const flow of FLOWS) {
    const drawn = pathModel(flow);
    for (const width of WIDTHS) {
      const scene = width < 620 ? layoutRail(drawn, width) : layoutRows(drawn, width);
      deepEqual(outside(scene), [], `${flow.id} at ${width}`);
      const stations = scene.marks.filter(({ kind }) => kind !== "ghost" && kind !== "lost");
      equal(stations.length, drawn.stations.length);
      equal(scene.tubes.length, drawn.tunnels.length);
    }
  }
});

Deno.test("stations of one row don't overlap, and boxes hold their stations", () => {
  for (const flow of FLOWS) {
    const { marks, boxes } = layoutRows(pathModel(flow), 900);
    const stations = marks.filter(({ kind }) => kind !== "ghost" && kind !== "lost");
    stations.slice(1).forEach(({ x, y }, i) => {
      const before = stations[i]!;
      ok(y > before.y || x - before.x >= 50, `${flow.id}: ${before.x} then ${x}`);
    });
    for (const { x, y } of stations) {
      const holds = (kind: string) =>
        boxes.some((box) =>
          box.kind === kind && x > box.x && x < box.x + box.width && y > box.y &&
          y < box.y + box.height
        );
      ok(holds("node") && holds("netns"));
    }
  }
});

Deno.test("wrapped() breaks at spaces, and inside words longer than a line", () => {
  const room = textWidth("abcde", "drop");
  deepEqual(wrapped("aa bb cc", room, "drop"), ["aa bb", "cc"]);
  deepEqual(wrapped("abcdefgh i", room, "drop"), ["abcde", "fgh i"]);
  deepEqual(wrapped("\u6f22\u5b57\u6f22 a", room, "drop"), ["\u6f22\u5b57", "\u6f22 a"]);
});
