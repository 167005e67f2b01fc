import { deepEqual, equal } from "node:assert/strict";
import { NetnsIdCache } from "./netns_ids.ts";
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

/** A cache that asks a kernel in which each namespace knows others by `numbers`. */
function cacheOf(numbers: Map<number, number>) {
  const asked: { inode: number; others: number[] }[] = [];
  const there = { recent: [1, 2], now: [1, 2] };
  const handles = (inodes: number[]) =>
    Promise.resolve(inodes.map((inode) => ({ inode, path: "" })));
  const cache = new NetnsIdCache({
    recent: () => handles(there.recent),
    list: () => handles(there.now),
    ask: ({ inode }, wanted, others) => {
      const all = [...others].map((other) => other.inode);
      asked.push({ inode, others: all });
      return new Map(
        [...numbers].filter(([number, other]) => wanted.has(number) && all.includes(other)),
      );
    },
  });
  const peer = async (inode = 1) => (await cache.of(new Map([[inode, [0]]]))).get(inode)?.get(0);
  return { asked, there, peer, numbers };
}

Deno.test("a number is asked for once, and again when its namespace is gone", async () => {
  const { asked, there, peer, numbers } = cacheOf(new Map([[0, 2]]));
  equal(await peer(), 2);
  equal(await peer(), 2);
  equal(asked.length, 1);
  // Its peer went, and another namespace got the number.
  there.recent = there.now = [1, 3];
  numbers.set(0, 3);
  equal(await peer(), 3);
  equal(asked.length, 2);
});

Deno.test("a number that nobody has is asked for once for the namespaces there are", async () => {
  const { asked, there, peer } = cacheOf(new Map());
  equal(await peer(), undefined);
  equal(await peer(), undefined);
  equal(asked.length, 1);
  there.recent = there.now = [1, 2, 3];
  equal(await peer(), undefined);
  equal(asked.length, 2);
});

Deno.test("a namespace that was made after the last look is looked for", async () => {
  const { there, peer } = cacheOf(new Map([[0, 4]]));
  there.now = [1, 2, 4];
  equal(await peer(), 4);
});

Deno.test("what was the answer before is asked about first", async () => {
  const { asked, there, peer } = cacheOf(new Map([[0, 9]]));
  there.recent = there.now = [1, 2, 3, 4, 9];
  await peer(1);
  await peer(2);
  deepEqual(asked.map(({ others }) => others[0]), [1, 9]);
});
