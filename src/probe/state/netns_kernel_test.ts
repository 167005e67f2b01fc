/** Finding namespaces. Needs root; skipped without. */
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { execa } from "execa";
import { entering } from "../../analysis/rules/entering.ts";
import type { Word } from "../../analysis/rules/word.ts";
import type { NodeView } from "../../analysis/view/timeline.ts";
import type { NetnsState } from "../../event/state.ts";
import { kernelTest, withScene } from "./kernel_testing.ts";
import { findNetns, inodeOf, listNetns } from "./netns.ts";
import { readStates } from "./read.ts";

/** It says itself that it runs: a shell that becomes another program has that one's name later. */
const LIVES = '$| = 1; print "up\\n"; sleep 600';

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
      const child = execa("unshare", ["--net", "perl", "-e", LIVES], {
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
  "what a remedy enters a namespace by leads there, and nowhere once that is gone",
  () =>
    withScene(async ({ a }) => {
      const folder = await Deno.makeTempDir({ prefix: "lasthop-runtime-" });
      const file = `${folder}/1a2b`;
      const child = execa("unshare", ["--net", "perl", "-e", LIVES], {
        buffer: false,
        stdin: "ignore",
        reject: false,
      });
      const inside = (words: readonly Word[]) =>
        new Deno.Command(String(words[0]), {
          args: [...words.slice(1), "readlink", "/proc/self/ns/net"].map(String),
        }).outputSync();
      const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
      try {
        for await (const _ of child.stdout) break;
        const inode = inodeOf(`/proc/${child.pid}/ns/net`)!;
        const [state] = await readStates([await findNetns(String(inode))]);
        deepEqual([state?.holder?.program, state?.file], ["perl", undefined]);
        const byProcess = entering(nodeOf(state!), inode)!;
        equal(text(inside(byProcess).stdout), `net:[${inode}]`);
        await Deno.writeTextFile(file, "");
        await execa("mount", ["--bind", `/proc/${child.pid}/ns/net`, file]);
        const [mounted] = await readStates([await findNetns(String(inode))]);
        deepEqual([mounted?.name, mounted?.file], ["1a2b", file]);
        const byFile = entering(nodeOf(mounted!), inode)!;
        equal(text(inside(byFile).stdout), `net:[${inode}]`);
        await execa("umount", [file]);
        equal(inside(byFile).success, false);
        // The same number, of a process that is elsewhere: nothing is run there.
        const elsewhere = byProcess.map((word) =>
          word === `/proc/${child.pid}/ns/net` ? `/proc/${Deno.pid}/ns/net` : word
        );
        const refused = inside(elsewhere);
        deepEqual([refused.success, text(refused.stdout)], [false, ""]);
        Deno.kill(child.pid!, "SIGKILL");
        await child;
        equal(inside(byProcess).success, false);
        const [named] = await readStates([await findNetns(a)]);
        equal(named?.file, undefined);
      } finally {
        child.kill("SIGKILL");
        await child;
        await execa("umount", [file], { reject: false });
        await Deno.remove(folder, { recursive: true });
      }
    }),
);

/** A node that has one state, of a namespace that is not the machine's own. */
const nodeOf = (state: NetnsState) => ({
  header: { netns: [{ inode: state.netns, own: false }] },
  states: new Map([[state.netns, [{ state }]]]),
} as unknown as NodeView);

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
