import { deepEqual, equal } from "node:assert/strict";
import { NetnsIdCache, netnsIds } from "./netns_ids.ts";
import { fillPeers } from "./peers.ts";
import { everySuite, reading } from "./testing.ts";

everySuite("a link's other end is found by the kernel's own numbers", (suite) => {
  const node = reading(suite, "node");
  const pod = reading(suite, "pod");
  fillPeers(
    [node, pod],
    new Map([
      [node.state.netns, new Map([[0, pod.state.netns]])],
      [pod.state.netns, new Map([[0, node.state.netns]])],
    ]),
  );
  const link = ({ state }: typeof node, name: string) =>
    state.links.find((one) => one.name === name);
  equal(link(node, "veth1")?.peerNetns, pod.state.netns);
  equal(link(pod, "eth0")?.peerNetns, node.state.netns);
  equal(link(node, "p0")?.peerNetns, undefined, "its peer is in the same netns");
  equal(link(pod, "vx3")?.tunnel?.underlay, "br0");
  equal(link(pod, "vx3")?.tunnel?.underlayNetns, node.state.netns);
  equal(link(pod, "vx2")?.tunnel?.underlayNetns, node.state.netns);
  equal(link(pod, "vx2")?.peerNetns, undefined);
});

Deno.test("numbers without a namespace we know are left out", () => {
  const text = '41 [{"nsid":0,"name":"42"},{"nsid":1}]\n42 \n43 [{"nsid":"x"}]\nnsenter: no\n';
  const ids = netnsIds(text);
  deepEqual([...ids.get(41) ?? []], [[0, 42]]);
  equal(ids.has(42), false);
  equal(ids.get(43)?.size, 0);
});

Deno.test("a number is asked once, and again when its namespace is gone", async () => {
  let present = [1, 2];
  let answer = new Map([[0, 2]]);
  const asked: number[][] = [];
  const cache = new NetnsIdCache(
    () => Promise.resolve(present.map((inode) => ({ inode, path: "" }))),
    (inodes) => {
      asked.push([...inodes]);
      return Promise.resolve(new Map(inodes.map((inode) => [inode, answer])));
    },
  );
  const wanted = new Map([[1, [0]]]);
  const peer = async () => (await cache.of(wanted)).get(1)?.get(0);
  equal(await peer(), 2);
  equal(await peer(), 2);
  deepEqual(asked.filter((inodes) => inodes.length > 0), [[1]]);
  // Its peer went, and another namespace got the number.
  present = [1, 3];
  answer = new Map([[0, 3]]);
  equal(await peer(), 3);
  // A number nobody has is asked for once per change of the namespaces there are.
  present = [1, 4];
  answer = new Map();
  equal(await peer(), undefined);
  equal(await peer(), undefined);
  deepEqual(asked.filter((inodes) => inodes.length > 0), [[1], [1], [1]]);
});
