/** Being told of changes by the kernel. Needs root; skipped without. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { kernelTest, withScene } from "./kernel_testing.ts";
import { listNetns, type NetnsHandle } from "./netns.ts";
import { Watch, watchGap, type WatchHooks } from "./watch.ts";

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

/** A watch of these that has begun. */
async function watching(
  handles: NetnsHandle[],
  hooks: Partial<WatchHooks>,
  options: ConstructorParameters<typeof Watch>[1] = QUICK,
): Promise<Watch> {
  const watch = new Watch({ onChange() {}, ...hooks }, options);
  await watch.add(handles);
  return watch;
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
      const one = await handle("a");
      const watch = await watching([one, await handle("b")], { onChange: calls.take });
      try {
        deepEqual(watch.gapsOf(one), []);
        ok(watch.hears(one.inode));
        for (const change of CHANGES) {
          calls.forget();
          await sh(change);
          await calls.next(a, change);
        }
      } finally {
        await watch.stop();
      }
      equal(await sh("ip netns pids $A; ip netns pids $B"), "", "no process was started in them");
    }),
);

kernelTest(
  "a watched namespace that is deleted is let go",
  () =>
    withScene(async ({ b, sh, handle }) => {
      await sh("ip -n $A link add v0 type veth peer name v1 netns $B");
      const calls = new Calls();
      const two = await handle("b");
      const watch = await watching([two], { onChange: calls.take });
      try {
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
  "more changes than there is room for are told as a loss, once, and hearing goes on",
  () =>
    withScene(async ({ a, sh, handle }) => {
      await sh("ip -n $A link add v0 type veth peer name v1; ip -n $A link set v0 up");
      const calls = new Calls();
      const one = await handle("a");
      const stale: string[] = [];
      const watch = await watching([one], {
        onChange: calls.take,
        onStale: (_, part) => stale.push(part),
      });
      try {
        const rows = Array.from({ length: 20_000 }, (_, i) =>
          `route add 10.${100 + (i >> 14)}.${(i >> 6) & 255}.${(i & 63) << 2}/30 dev v0\n`);
        const file = Deno.makeTempFileSync({ prefix: "lhst-" });
        Deno.writeTextFileSync(file, rows.join(""));
        // This thread hears nothing meanwhile.
        new Deno.Command("ip", { args: ["-n", a, "-batch", file] }).outputSync();
        Deno.removeSync(file);
        watch.hearNow(one.inode);
        ok(stale.includes("all"), "a loss");
        match(watch.gapsOf(one)[0]?.why ?? "", /more changes to tell/);
        deepEqual(watch.gapsOf(one), [], "the next reading has all of it");
        ok(watch.hears(one.inode), "it is heard again");
        calls.forget();
        await sh("ip -n $A link set v0 mtu 1400");
        await calls.next(a, "a change after a loss");
      } finally {
        await watch.stop();
      }
    }),
);

kernelTest(
  "what happened before a question to the watch is told before its answer",
  () =>
    withScene(async ({ handle }) => {
      const one = await handle("a");
      const heard: string[] = [];
      const watch = await watching([one], { onHeard: (_, part) => heard.push(part) });
      try {
        const args = ["-n", one.name!, "route", "add", "blackhole", "10.66.0.0/16"];
        new Deno.Command("ip", { args }).outputSync();
        deepEqual(heard, []);
        watch.hearNow(one.inode);
        deepEqual(heard, ["route"]);
      } finally {
        await watch.stop();
      }
    }),
);

kernelTest("what cannot be watched is a gap, and stopping early is fine", async () => {
  const gone = { inode: 1, name: "gone", path: "/run/netns/lhst-never-was" };
  // Nobody looks meanwhile whether it is still there: it would be let go before its watch fails.
  const watch = await watching([gone], {}, { ...QUICK, heldCheckMs: 60_000 });
  equal(watch.hears(gone.inode), false);
  ok(watch.gapsOf(gone).some((gap) => gap.what === watchGap(gone)));
  await watch.stop();
  const early = new Watch({ onChange() {} }, QUICK);
  const adding = early.add([gone]);
  await early.stop();
  await adding;
});
