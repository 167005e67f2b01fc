/** Reading real namespaces within bounds of time, memory and length. Needs root; skipped without. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { gapsOf, kernelTest, withScene } from "./kernel_testing.ts";
import { readCosted, readState } from "./read.ts";

kernelTest(
  "what takes too long is given up, and leaves no process",
  () =>
    withScene(async (scene) => {
      const handle = await scene.handle("a");
      const state = await readState(handle, { timeoutMs: 1 });
      equal(state.gaps.length > 0, true);
      equal(await scene.sh("ip netns pids $A"), "");
    }),
);

kernelTest(
  "a tool that needs more memory than it may have is a gap that says so",
  () =>
    withScene(async (scene) => {
      await scene.sh(`{ echo "table ip t {"; echo " chain c {"; i=0; while [ $i -lt 5000 ]; do
      echo "  ip saddr 10.$((i/256)).$((i%256)).1 counter accept"; i=$((i+1)); done
      echo " }"; echo "}"; } | ip netns exec $A nft -f -`);
      const handle = await scene.handle("a");
      const bounded = await readState(handle, { memoryBytes: 24 * 2 ** 20 });
      const why = bounded.gaps.find(({ what }) => what === "netfilter")?.why ?? "";
      match(why, /it needs a larger --memory-limit$/);
      equal(bounded.links.length, 1, "what needs less is read");
      const whole = await readState(handle, { memoryBytes: 256 * 2 ** 20 });
      deepEqual([gapsOf(whole), whole.netfilter.length], [[], 5000]);
      const least = await readState(handle, { memoryBytes: 8 * 2 ** 20 });
      match(least.gaps.find(({ what }) => what === "netfilter")?.why ?? "", /--memory-limit$/);
    }),
);

kernelTest(
  "tables that take more memory together than a tool may have are read one by one",
  () =>
    withScene(async (scene) => {
      await scene.sh(`for t in a b c; do echo "table ip $t {"; echo " chain c {"; i=0
      while [ $i -lt 2000 ]; do
      echo "  ip saddr 10.$((i/256)).$((i%256)).1 counter accept"; i=$((i+1)); done
      echo " }"; echo "}"; done | ip netns exec $A nft -f -`);
      const handle = await scene.handle("a");
      const read = (mib: number) => readState(handle, { memoryBytes: mib * 2 ** 20 });
      const bounded = await read(32);
      deepEqual([gapsOf(bounded), bounded.netfilter.length], [[], 6000]);
      // One that does not fit is a gap, though the last one was read.
      await scene.sh(`{ echo "table ip a {"; echo " chain d {"; i=0; while [ $i -lt 8000 ]; do
      echo "  ip saddr 10.$((i/256)).$((i%256)).1 counter accept"; i=$((i+1)); done
      echo " }"; echo "}"; } | ip netns exec $A nft -f -`);
      const why = (await read(32)).gaps.find(({ what }) => what === "netfilter")?.why ?? "";
      match(why, /--memory-limit$/);
    }),
);

kernelTest(
  "what a reading takes is told by the processor's time, not by the clock's",
  () =>
    withScene(async (scene) => {
      const handle = await scene.handle("a");
      const beganMs = performance.now();
      const { state, costMs } = await readCosted(handle);
      const tookMs = performance.now() - beganMs;
      deepEqual(gapsOf(state), []);
      // A dozen small tools: more than nothing, and most of their time is their own.
      ok(costMs > 5 && costMs < 2 * tookMs, `${costMs} of ${tookMs} ms`);
      const cut = await readCosted(handle, { timeoutMs: 1 });
      ok(cut.costMs > 0, "by the clock where the tools were ended");
    }),
);

kernelTest("a table too long to keep is cut, and says so", () =>
  withScene(async (scene) => {
    await scene.sh(`i=0; while [ $i -lt 22000 ]; do
      echo "route add blackhole 10.$((i/256)).$((i%256)).0/24"; i=$((i+1)); done |
      ip -n $A -batch -`);
    const { routes, gaps } = await readState(await scene.handle("a"));
    equal(routes.length >= 20_000, true);
    match(
      gaps.find((gap) => gap.what === "routes")?.why ?? "",
      /^cut: 20000 of 22\d\d\d rows kept/,
    );
  }));

kernelTest(
  "what prints more than all together may is bounded by itself, and the rest is read",
  () =>
    withScene(async (scene) => {
      await scene.sh(`i=0; while [ $i -lt 120000 ]; do
      echo "route add blackhole 10.$((i/1024)).$((i/4%256)).$((i%4*64))/26"; i=$((i+1)); done |
      ip -n $A -batch -`);
      const handle = await scene.handle("a");
      // Found out by the first reading, and known to the second.
      for (let times = 0; times < 2; times++) {
        const state = await readState(handle);
        match(state.gaps.find(({ what }) => what === "routes")?.why ?? "", /^cut/);
        deepEqual([gapsOf(state), state.links.length], [["routes"], 1]);
      }
    }),
);
