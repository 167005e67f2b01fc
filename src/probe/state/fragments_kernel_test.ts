/** Memory for fragments of a real namespace. */
import { deepEqual } from "node:assert/strict";
import { kernelTest, withScene } from "./kernel_testing.ts";
import { readStates } from "./read.ts";

kernelTest(
  "memory for fragments is told where it is full, and of that family alone",
  () =>
    withScene(async (scene) => {
      await scene.sh(
        "ip netns exec $A sysctl -qw net.ipv4.ipfrag_low_thresh=0 net.ipv4.ipfrag_high_thresh=0",
      );
      const [full, other] = await readStates([await scene.handle("a"), await scene.handle("b")]);
      deepEqual(full?.fragments, [{ family: 4, bytes: 0, limit: 0 }]);
      deepEqual(other?.fragments, undefined);
    }),
);
