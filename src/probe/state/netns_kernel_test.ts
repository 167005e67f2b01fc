/** Finding namespaces. Needs root; skipped without. */
import { equal, ok, rejects } from "node:assert/strict";
import { execa } from "execa";
import { kernelTest, withScene } from "./kernel_testing.ts";
import { findNetns, inodeOf, listNetns } from "./netns.ts";
import { readStates } from "./read.ts";

kernelTest(
  "a namespace is found by name, number, process and path",
  () =>
    withScene(async ({ a }) => {
      const found = await findNetns(a);
      equal(found.path, `/run/netns/${a}`);
      equal((await findNetns(String(found.inode))).name, a);
      equal((await findNetns(`/run/netns/${a}`)).name, a);
      equal((await findNetns(`pid:${Deno.pid}`)).inode, inodeOf("/proc/self/ns/net"));
    }),
);

kernelTest("a name nobody has is told with those like it", () =>
  withScene(async ({ a }) => {
    const near = `${a.slice(0, -1)}c`;
    await rejects(findNetns(near), (error: Error & { code?: string }) => {
      equal(error.code, "netns_unknown");
      ok(error.message.startsWith(`Cannot find network namespace "${near}": must be one of the `));
      ok(error.message.includes(`"${a}"`), error.message);
      return true;
    });
    await rejects(findNetns("/etc/hostname"), /it is not one, must be a file like/);
    await rejects(findNetns("pid:0"), /must be a file like/);
  }));

kernelTest(
  "one that only a process holds is listed, and its peers are found",
  () =>
    withScene(async ({ sh, handle }) => {
      const child = execa("unshare", ["--net", "sh", "-c", "echo up; exec sleep 600"], {
        buffer: false,
        stdin: "ignore",
        reject: false,
      });
      try {
        for await (const _ of child.stdout) break;
        const path = `/proc/${child.pid}/ns/net`;
        const inode = inodeOf(path);
        const held = (await listNetns()).find((one) => one.inode === inode);
        ok(held);
        equal(held.name, undefined);
        await sh(`ip -n $A link add v0 type veth peer name v1 netns ${child.pid}`);
        const [state] = await readStates([await handle("a")]);
        equal(state?.links.find((link) => link.name === "v0")?.peerNetns, inode);
      } finally {
        if (child.pid !== undefined) Deno.kill(child.pid, "SIGKILL");
        await child;
      }
    }),
);

kernelTest(
  "of each namespace is said whether it is the first process's or the kernel's, where that can be read",
  () =>
    withScene(async ({ a }) => {
      const first = inodeOf("/proc/1/ns/net") ?? inodeOf("/proc/2/ns/net");
      const all = await listNetns();
      ok(all.length > 1);
      for (const { inode, own } of all) {
        equal(own, first === undefined ? undefined : inode === first);
      }
      equal((await findNetns(a)).own, first === undefined ? undefined : false);
    }),
);
