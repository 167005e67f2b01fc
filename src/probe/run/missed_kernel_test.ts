/** Runs that a real kernel leaves out, and what a probe tells of them. Needs root; skipped without. */
import { equal, notEqual, ok } from "node:assert/strict";
import { execa } from "execa";
import { decodeTsv } from "../../event/codec.ts";
import { kernelTest, withScene } from "../state/kernel_testing.ts";
import type { ProbeBatch } from "../ship/batcher.ts";
import { resolveNodes, startSession } from "../session/mod.ts";
import { MissMeter } from "./missed.ts";

/** A queue with a rate: what waits in it is sent by the interrupt of a timer, and so is all it causes. */
const NET = `
ip link add fl0 netns $A type veth peer name fl0 netns $B
ip -n $A addr add 10.7.0.9/24 dev fl0; ip -n $A link set fl0 up
ip -n $B addr add 10.7.0.5/24 dev fl0; ip -n $B link set fl0 up
tc -n $A qdisc add dev fl0 root tbf rate 2mbit burst 2kb latency 5s
ip -n $A neigh replace 10.7.0.5 dev fl0 lladdr $(ip -n $B -br link show fl0 | awk '{print $3}')
`;

/** Another's program, on every change of a task's name: it runs for about a millisecond. */
const LONG_PROGRAM = `
tracepoint:task:task_rename /comm == "busy"/ {
  if (@up[(uint64)0] == 0) { @up[(uint64)0] = (uint64)1; printf("up\\n"); }
  $i = (uint64)0; while ($i < 4000) { @names[$i & 63] = $i; $i += 1; }
}`;
const OTHER = `mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null || true
exec bpftrace -B line -e "$0"`;

/** Gives itself a name all the time, on each processor. */
const BUSY = `
import ctypes, os
c = ctypes.CDLL(None)
for cpu in os.sched_getaffinity(0):
  if os.fork() == 0:
    os.sched_setaffinity(0, [cpu]); c.prctl(1, 9)
    while True: c.prctl(15, b"busy", 0, 0, 0)
os.wait()
`;

const PACKETS = 1000;
const SEND = `
import socket
s = socket.socket(2, 2)
for i in range(${PACKETS}): s.sendto(b"x" * 100, ("10.7.0.5", 9))
`;

kernelTest(
  "what the kernel leaves out while another program of BPF runs is told, and no packet is gone untold",
  () =>
    withScene(async (scene) => {
      await scene.sh(NET);
      const batches: ProbeBatch[] = [];
      const session = await startSession({
        nodes: await resolveNodes([{ name: "n", netns: [scene.a, scene.b] }], ""),
        filter: "udp port 9",
        incident: "missed",
        onBatch: (batch) => batches.push(batch),
        onProgress: () => {},
      });
      await session.ready;
      const busy = execa("python3", ["-c", BUSY], { reject: false });
      const other = execa("unshare", ["-m", "sh", "-c", OTHER, LONG_PROGRAM], { reject: false });
      try {
        await new Promise<void>((done) =>
          other.stdout.on("data", (text) => String(text).includes("up") && done())
        );
        await scene.sh(`ip netns exec $A python3 -c '${SEND}'
          while ! tc -n $A -s qdisc show dev fl0 | grep -q " 0b 0p "; do :; done`);
      } finally {
        other.kill("SIGINT");
        busy.kill("SIGKILL");
      }
      await session.stop();
      const { missed = [], totals } = batches.at(-1)!.header;
      const leftOut = missed.reduce((sum, { count }) => sum + count, 0);
      ok(leftOut > 0, "the kernel left out none");
      ok(missed.every(({ scripts }) => scripts !== undefined), "of some the script is not known");
      const unsent = missed.reduce((sum, { scripts }) => sum + (scripts?.device_tx ?? 0), 0);
      ok(
        unsent > 0 && unsent < leftOut,
        `${unsent} of ${leftOut} were of the script of what is sent`,
      );
      const sent = batches.flatMap(({ lines }) => lines).filter((line) => !line.startsWith("{"))
        .map((line) => decodeTsv(line)).filter(({ kind }) => kind === "device-tx");
      const untold = PACKETS - sent.length;
      const lost = totals.lost + totals.evicted;
      ok(untold <= leftOut + lost, `${untold} packets unseen, ${leftOut} runs told, ${lost} lost`);
    }),
);

kernelTest("of a bpftrace that has ended it is not told that nothing was left out", async () => {
  const program = 'tracepoint:net:net_dev_xmit { @ = 1; } interval:ms:10 { printf("up\\n"); }';
  const bpftrace = execa("unshare", ["-m", "sh", "-c", OTHER, program], { reject: false });
  await new Promise<void>((done) =>
    bpftrace.stdout.on("data", (text) => String(text).includes("up") && done())
  );
  let now = 0n;
  const meter = new MissMeter(bpftrace.pid!, () => ++now);
  equal(meter.look(), null, "the first look has none before it");
  notEqual(meter.look(), null);
  bpftrace.kill("SIGKILL");
  await bpftrace;
  equal(meter.look(), null);
});
