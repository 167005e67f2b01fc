import { equal } from "node:assert/strict";
import { label } from "./escape.ts";
import { placeName, placeShort } from "./place.ts";

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
