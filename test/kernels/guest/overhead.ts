/**
 * Runs in a guest: what a flow keeps of its rate while lasthop, plain bpftrace or pwru watch, each run
 * between two of nothing. Prints the rows of a table. Everything is emulated: only ratios mean anything.
 */
import { figureOf, ratioOf } from "../../bench/overhead/figures.ts";
import { PORT } from "../../bench/overhead/load.ts";
import { buildOverlay, RECEIVER, RECEIVING, SENDING } from "../../bench/overhead/overlay.ts";
import {
  HIT,
  MISS,
  NOTHING,
  plain,
  process,
  recorder,
  scripts,
  type Watcher,
} from "../../bench/overhead/watchers.ts";
import { readCapability } from "../../../src/probe/kernel/capability.ts";

const SECONDS = 3;
const ROUNDS = 3;

const say = (text: string) => console.log(`guest: ${text}`);

const RECEIVE = `import socket
s = socket.socket(2, 2); s.setsockopt(1, 33, 16 << 20); s.bind(("", ${PORT}))
print("up", flush=True)
while True: s.recv(64)`;

const SEND = `import socket, time
s = socket.socket(2, 2); s.connect(("${RECEIVER}", ${PORT}))
p = b"x" * 22; t = time.monotonic(); c = time.process_time(); n = 0
while time.monotonic() - t < ${SECONDS}:
  for _ in range(16): s.send(p)
  n += 16
print(n / (time.process_time() - c))`;

const inNetns = (netns: string, program: string) =>
  new Deno.Command("ip", {
    args: ["netns", "exec", netns, "python3", "-c", program],
    stdin: "null",
    stdout: "piped",
  });

/** pwru as people run it, on every function that has a packet. */
const pwru = (name: string, port: number): Watcher => ({
  name,
  watch: () =>
    process("env", [
      "LD_LIBRARY_PATH=/work/pwru/usr/lib/x86_64-linux-gnu",
      "/work/pwru/usr/bin/pwru",
      `udp port ${port}`,
    ], "Listening for events"),
});

/** A word of the names of those that are measured; "": all are. */
const only = Deno.readTextFileSync("/work/only").trim();

const watchers = [
  NOTHING,
  plain("plain bpftrace, miss", false),
  plain("plain bpftrace, printing", true),
  scripts("lasthop's scripts, miss", MISS),
  scripts("lasthop's scripts, hit", HIT),
  recorder("lasthop's recorder"),
  pwru("pwru, miss", 9),
  pwru("pwru, hit", PORT),
].filter(({ name }) => name.includes(only));

/** Packets for each second of the sender's processor time. */
async function flood(): Promise<number> {
  const { stdout } = await inNetns(SENDING, SEND).output();
  return Number(new TextDecoder().decode(stdout));
}

// A machine that is emulated beside other work may not tell all in time at first.
for (let tries = 0; tries < 5; tries++) {
  const { bpftrace, tracepointsRead } = await readCapability();
  if (bpftrace !== null && tracepointsRead) break;
}
await buildOverlay();
const receiver = inNetns(RECEIVING, RECEIVE).spawn();
const heard = receiver.stdout.getReader();
await heard.read();
say("built");
await flood();
for (const { name, watch } of watchers) {
  try {
    const before = await flood();
    const fromMs = performance.now();
    const watching = await watch();
    const seconds = Math.round((performance.now() - fromMs) / 1000);
    say(`${name}: attached after ${seconds} s`);
    // What is saved for a burst is told, and what is busy is known to be.
    await flood();
    const watched: number[] = [];
    for (let round = 0; round < ROUNDS; round++) watched.push(await flood());
    await watching.end();
    const after = await flood();
    const { median, scatter } = figureOf(watched.map((rate) => ratioOf(rate, before, after)));
    console.log(
      `| ${name} | ${(100 * median).toFixed(0)} ± ${(100 * scatter).toFixed(0)} % | ${seconds} s |`,
    );
  } catch (error) {
    say(`${name}: ${error instanceof Error ? error.message : error}`);
  }
}
receiver.kill("SIGKILL");
Deno.exit(0);
