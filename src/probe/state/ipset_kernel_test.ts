/** Sets of ipset of a real namespace. */
import { deepEqual } from "node:assert/strict";
import { kernelTest, withScene } from "./kernel_testing.ts";
import { readState } from "./read.ts";

const isInstalled = await new Deno.Command("sh", { args: ["-c", "command -v ipset"] }).output()
  .then(({ success }) => success);

kernelTest("the sets of ipset of a namespace are read, and of no other", async () => {
  if (!isInstalled) return console.log("ipset is not installed");
  await withScene(async ({ sh, handle }) => {
    await sh(`ip netns exec $A ipset create web hash:net
      ip netns exec $A ipset add web 10.7.0.0/24
      ip netns exec $A ipset create ends hash:ip,port family inet6
      ip netns exec $A ipset add ends fd00::1,tcp:80`);
    const own = async (name: "a" | "b") =>
      (await readState(await handle(name))).sets.map(({ family, table, name, elements }) => [
        ...[family, table, name],
        ...elements,
      ]);
    deepEqual(await own("a"), [
      ["ipset", "hash:net inet", "web", "10.7.0.0/24"],
      ["ipset", "hash:ip,port inet6", "ends", "fd00::1,tcp:80"],
    ]);
    deepEqual(await own("b"), []);
  });
});
