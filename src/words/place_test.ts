import { equal } from "node:assert/strict";
import type { Change } from "../event/report.ts";
import { changePlace } from "./change.ts";
import { label } from "./escape.ts";
import { placeName, placeShort, roomWords } from "./place.ts";

const LENGTHS = { deviceMax: 24, netnsMax: 24, nodeMax: 32 };
const WRITING = { text: label };

Deno.test("a place is named by device, namespace and node, a namespace without a name by its inode", () => {
  const place = { device: "eth0", netns: "pod", node: "worker" };
  equal(placeName(place, WRITING, LENGTHS), "eth0 in pod on worker");
  equal(placeShort(place, WRITING, LENGTHS), "eth0 @ worker/pod");
  equal(
    placeName({ ...place, device: "", netns: "4026532281" }, WRITING, LENGTHS),
    "in netns 4026532281 on worker",
  );
});

Deno.test("no part of a place's name is endless, also when it is digits alone", () => {
  const place = { device: "d".repeat(999), netns: "1".repeat(999), node: "n".repeat(999) };
  equal(placeName(place, WRITING, LENGTHS).length, 24 + 4 + 24 + 4 + 32);
});

Deno.test("a place is called by its pod, container or service, and the node's own by nothing but the node", () => {
  const place = { device: "eth0", netns: "cni-0f1e2d3c", node: "worker" };
  const pod = { ...place, pod: "shop/checkout-7d4b9c6f5-x2x7k\u202e" };
  equal(
    placeName(pod, WRITING, LENGTHS),
    "eth0 in pod shop/checkout-7d4b9c6f5-x2x7k⟨U+202E⟩ on worker",
  );
  equal(placeShort(pod, WRITING, LENGTHS), "eth0 @ worker/shop/checkout-7d4b9c6f5-x2x7k⟨U+202E⟩");
  equal(roomWords({ ...place, container: "web" }), "container web");
  equal(roomWords({ ...place, unit: "vpn.service" }), "vpn.service");
  const own = { ...place, netns: "4026531833", own: true };
  equal(placeName(own, WRITING, LENGTHS), "eth0 on worker");
  equal(placeShort(own, WRITING, LENGTHS), "eth0 @ worker");
  equal(roomWords(own), "host network");
  const change = (room: Partial<Change>) => changePlace({ ...place, ...room } as Change, WRITING);
  equal(change({ pod: "shop/checkout-0" }), "in pod shop/checkout-0 on worker");
  equal(change({ netns: "4026531833", own: true }), "on worker");
  equal(change({ netns: "4026531834" }), "in netns 4026531834 on worker");
  equal(placeName({ ...own, netns: "edge" }, WRITING, LENGTHS), "eth0 in edge on worker");
});
