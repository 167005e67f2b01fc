/** That a namespace has ended is told, and of one that lives without a name nothing of the kind. As root. */
import { deepEqual, equal } from "node:assert/strict";
import { execa } from "execa";
import type { NetnsState } from "../../event/state.ts";
import { EVERY_CONNECTION } from "../state/connections.ts";
import { kernelTest, type Scene, withScene } from "../state/kernel_testing.ts";
import { listNetns } from "../state/netns.ts";
import { Intake } from "./intake.ts";
import { NodeState } from "./node_state.ts";

interface Told {
  intake: Intake;
  /** The next state that is told of a namespace by its inode, from when it was asked for. */
  next(inode: number): Promise<NetnsState>;
}

/** One node of every namespace of this machine, of which those of the scene alone are read. */
async function withNode(scene: Scene, use: (told: Told) => Promise<void>): Promise<void> {
  const own = new Set([scene.a, scene.b]);
  const netns = (await listNetns()).filter(({ name }) => own.has(name ?? ""));
  const intake = new Intake({
    nodes: [{ name: "n", all: true, netns }],
    ...{ incident: "i", filter: "", kernel: "", bpftrace: "", reasonName: String },
    onBatch() {},
    onDrop() {},
    onActive() {},
    onUnknownNetns() {},
  });
  const waiting = new Map<number, (state: NetnsState) => void>();
  const add = intake.addState.bind(intake);
  intake.addState = (state) => {
    waiting.get(state.netns)?.(state);
    waiting.delete(state.netns);
    add(state);
  };
  const next = (inode: number) =>
    new Promise<NetnsState>((resolve, reject) => {
      AbortSignal.timeout(30_000).onabort = () => reject(new Error("no state came"));
      waiting.set(inode, resolve);
    });
  const state = new NodeState(intake, () => {}, () => new Set(), EVERY_CONNECTION);
  try {
    await state.readAll();
    state.follow();
    await use({ intake, next });
  } finally {
    await state.stop();
  }
}

kernelTest(
  "a namespace that is deleted is told as ended, and stays for its name",
  () =>
    withScene((scene) =>
      withNode(scene, async ({ intake, next }) => {
        const { inode } = await scene.handle("b");
        intake.active.add(inode);
        const told = next(inode);
        await scene.sh("ip netns del $B");
        const { ended, name, links, gaps } = await told;
        deepEqual([ended, name, links], [true, scene.b, []]);
        // What does not know of the word takes it for one that could not be read.
        deepEqual(gaps.map(({ what }) => what), ["state"]);
        equal(intake.nodes[0]!.netns.get(inode)?.name, scene.b);
      })
    ),
);

kernelTest(
  "one that was found anew while it was looked for is told as ended by a later look",
  () =>
    withScene((scene) =>
      withNode(scene, async ({ intake, next }) => {
        const [node, { inode }] = [intake.nodes[0]!, await scene.handle("b")];
        const told = next(inode);
        await scene.sh("ip netns del $B");
        // As a look does that began before, and saw a process which has ended since: on a machine of many
        // processes other things happen while one looks. Whoever asks what is known is about to look.
        let times = 2;
        const values = node.netns.values.bind(node.netns);
        node.netns.values = () => {
          const known = node.netns.get(inode);
          if (known && times-- > 0) queueMicrotask(() => intake.addNetns(node, { ...known }));
          return values();
        };
        // Until then it is one that could not be read.
        let state = await told;
        while (!state.ended) state = await next(inode);
        equal(state.name, scene.b);
      })
    ),
);

kernelTest(
  "one whose name is deleted while a process is in it has not ended, and is read by that process",
  () =>
    withScene((scene) =>
      withNode(scene, async ({ intake, next }) => {
        const { inode } = await scene.handle("b");
        const inside = execa("ip", ["netns", "exec", scene.b, "sleep", "600"], {
          stdin: "ignore",
          reject: false,
        });
        try {
          while ((await execa("ip", ["netns", "pids", scene.b])).stdout === "");
          await scene.sh("ip netns del $B");
          const pathOf = () => intake.nodes[0]!.netns.get(inode)?.path;
          // The next look finds the process.
          while (!pathOf()?.startsWith("/proc/")) await execa("true");
          const told = next(inode);
          const enter = ["-t", String(inside.pid), "-n"];
          await execa("nsenter", [...enter, "ip", "link", "add", "d0", "type", "bridge"]);
          const { ended, links } = await told;
          deepEqual([ended, links.map(({ name }) => name)], [undefined, ["lo", "d0"]]);
        } finally {
          inside.kill();
          await inside;
        }
      })
    ),
);
