/** What the kernel answers to short questions. Needs root; skipped without. */
import { deepEqual, equal, notEqual, throws } from "node:assert/strict";
import { kernelTest, withScene } from "../state/kernel_testing.ts";
import { netnsNumbers, rulesetNumberIn, tablesIn } from "./questions.ts";

kernelTest(
  "the number of a ruleset stays, and is another one after each change",
  () =>
    withScene(async ({ sh, handle }) => {
      const { path, inode } = await handle("a");
      const number = () => rulesetNumberIn(path, inode);
      const first = number();
      equal(typeof first, "number");
      equal(number(), first);
      await sh("ip netns exec $A nft add table inet f");
      const second = number();
      notEqual(second, first);
      await sh("ip netns exec $B nft add table inet f; ip netns exec $A nft list ruleset");
      equal(number(), second, "another namespace's, and reading");
      await sh("ip netns exec $A iptables-nft -A INPUT -j ACCEPT");
      notEqual(number(), second, "iptables on nft");
      equal(rulesetNumberIn("/run/netns/lhst-never-was", 1), undefined);
      equal(rulesetNumberIn(path, inode + 1), undefined, "the number of another namespace");
    }),
);

kernelTest("tables are those that nft lists", () =>
  withScene(async ({ sh, handle }) => {
    const { path, inode } = await handle("a");
    deepEqual(tablesIn(path, inode), []);
    const families = ["ip", "ip6", "inet", "arp", "bridge", "netdev"];
    await sh(families.map((family) => `ip netns exec $A nft add table ${family} t-1`).join("; "));
    const listed = await sh("ip netns exec $A nft list tables");
    deepEqual([...tablesIn(path, inode) ?? []].sort(), listed.split("\n").sort());
    equal(tablesIn("/run/netns/lhst-never-was", 1), null);
  }));

kernelTest(
  "a namespace tells by which number it knows another",
  () =>
    withScene(async ({ sh, handle }) => {
      await sh("ip -n $A link add v0 type veth peer name v1 netns $B");
      const [a, b] = [await handle("a"), await handle("b")];
      const listed = JSON.parse(await sh("ip -n $A -j link show v0"));
      const number = listed[0].link_netnsid;
      deepEqual([...netnsNumbers(a, new Set([number]), [a, b])], [[number, b.inode]]);
      deepEqual([...netnsNumbers(a, new Set([number]), [a])], [], "it was not asked about");
      deepEqual([...netnsNumbers(a, new Set([77]), [a, b])], [], "nobody has it");
      const wrong = { path: b.path, inode: b.inode + 1 };
      deepEqual([...netnsNumbers(a, new Set([number]), [wrong])], [], "its path leads to another");
      throws(() => netnsNumbers({ ...a, inode: 1 }, new Set([0]), [b]), /it is gone/);
      const own = Deno.readLinkSync("/proc/self/ns/net");
      equal(own, Deno.readLinkSync("/proc/thread-self/ns/net"), "this thread came back");
    }),
);
