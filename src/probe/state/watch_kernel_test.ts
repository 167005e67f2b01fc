/** Being told of changes by the kernel. Needs root; skipped without. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { kernelTest, withScene } from "./kernel_testing.ts";
import { listNetns, type NetnsHandle } from "./netns.ts";
import { watchGap, watchState } from "./watch.ts";

const QUICK = { quietMs: 20, intervalMs: 20, heldCheckMs: 20 };

/** Hands out calls one by one; waiting longer than a change can take fails. */
class Calls {
  #come: string[] = [];
  #waiting: (() => void) | undefined;

  readonly take = (netns: NetnsHandle): void => {
    this.#come.push(netns.name ?? "");
    this.#waiting?.();
  };

  forget(): void {
    this.#come = [];
  }

  async next(name: string, why: string): Promise<void> {
    const deadline = AbortSignal.timeout(5_000);
    while (!this.#come.includes(name)) {
      await new Promise<void>((resolve, reject) => {
        this.#waiting = resolve;
        deadline.onabort = () => reject(new Error(`not told: ${why}`));
      });
    }
    this.#come = [];
  }
}

const CHANGES = [
  "ip -n $A link set v0 mtu 1400",
  "ip -n $A addr add 10.9.0.1/24 dev v0",
  "ip -n $A link set v0 up",
  "ip -n $A route add blackhole 10.66.0.0/16",
  "ip -n $A rule add to 10.5.0.0/16 table 7",
  "ip -n $A neigh add 10.9.0.50 lladdr 02:00:00:00:00:50 dev v0",
  "ip -n $A neigh replace 10.9.0.50 lladdr 02:00:00:00:00:51 dev v0",
  "ip netns exec $A sysctl -qw net.ipv4.conf.v0.rp_filter=2",
  "ip netns exec $A sysctl -qw net.ipv4.ip_forward=1",
  "ip netns exec $A nft add table inet f",
  "ip netns exec $A nft add set inet f s '{ type ipv4_addr; }'",
  "ip -n $A link del v0",
];

kernelTest(
  "every kind of change is told, once ready",
  () =>
    withScene(async ({ a, sh, handle }) => {
      await sh("ip -n $A link add v0 type veth peer name v1 netns $B");
      const calls = new Calls();
      const watch = watchState([await handle("a"), await handle("b")], calls.take, QUICK);
      try {
        await watch.ready;
        deepEqual(watch.gaps, []);
        for (const change of CHANGES) {
          calls.forget();
          await sh(change);
          await calls.next(a, change);
        }
      } finally {
        await watch.stop();
      }
      equal(await sh("ip netns pids $A; ip netns pids $B"), "", "no monitor is left");
    }),
);

kernelTest(
  "a watched namespace that is deleted is let go",
  () =>
    withScene(async ({ b, sh, handle }) => {
      await sh("ip -n $A link add v0 type veth peer name v1 netns $B");
      const calls = new Calls();
      const two = await handle("b");
      const watch = watchState([two], calls.take, QUICK);
      try {
        await watch.ready;
        calls.forget();
        await sh("ip netns del $B");
        await calls.next(b, "deletion");
      } finally {
        await watch.stop();
      }
      equal((await listNetns()).some((one) => one.inode === two.inode), false);
    }),
);

kernelTest(
  "a monitor that needs more memory than it may have ends, and that is a gap",
  () =>
    withScene(async ({ sh, handle }) => {
      await sh(`{ echo "table ip t {"; echo " chain c {"; i=0; while [ $i -lt 3000 ]; do
      echo "  ip saddr 10.$((i/256)).$((i%256)).1 counter accept"; i=$((i+1)); done
      echo " }"; echo "}"; } | ip netns exec $A nft -f -`);
      const calls = new Calls();
      const a = await handle("a");
      const heard: string[] = [];
      const onHeard = (_: number, part: string) => heard.push(part);
      const watch = watchState([a], calls.take, { ...QUICK, onHeard, monitorBytes: 6 * 2 ** 20 });
      await watch.ready;
      await calls.next(a.name!, "the end of a monitor");
      deepEqual(heard, [], "what it says at its end is no change of rules");
      const [gap] = watch.gaps;
      deepEqual(gap?.what, watchGap(a));
      match(gap?.why ?? "", /^"nft monitor" ended: .*emory/);
      await sh("ip -n $A link add v0 type veth peer name v1");
      await calls.next(a.name!, "a change that the other monitor tells");
      await watch.stop();
    }),
);

kernelTest(
  "a watch is over when its namespaces are gone",
  () =>
    withScene(async ({ sh, handle }) => {
      const watch = watchState([await handle("a")], () => {}, QUICK);
      await watch.ready;
      await sh("ip netns del $A");
      await watch.over;
      await watch.stop();
    }),
);

kernelTest("what cannot be watched is a gap, and stopping early is fine", async () => {
  const gone = { inode: 1, name: "gone", path: "/run/netns/lhst-never-was" };
  // Nobody looks meanwhile whether it is still there: it would be let go before its watch fails.
  const watch = watchState([gone], () => {}, { ...QUICK, heldCheckMs: 60_000 });
  await watch.ready;
  await watch.stop();
  ok(watch.gaps.some((gap) => gap.what === "watch gone"), JSON.stringify(watch.gaps));
  await watchState([gone], () => {}, QUICK).stop();
});
