/** Packets to and from an end that asked, by a real kernel. Needs root; skipped without. */
import { deepStrictEqual as equal, ok } from "node:assert/strict";
import { decodeTsv } from "../../event/codec.ts";
import type { Event } from "../../event/event.ts";
import { kernelTest, type Scene, withScene } from "../state/kernel_testing.ts";
import { resolveNodes, startSession } from "./mod.ts";

/** `b` answers from its other address, and `a` asks by the one it was told, and talks to others. */
const NET = `
ip link add fl0 netns $A type veth peer name fl0 netns $B
ip -n $A addr add 10.7.0.9/24 dev fl0; ip -n $A link set fl0 up
ip -n $B addr add 10.7.0.5/24 dev fl0; ip -n $B addr add 10.7.0.100/24 dev fl0
ip -n $B link set fl0 up; ip -n $B link set lo up
`;

/** Reads one datagram on port 53 and answers with a socket of another address, or another port. */
const ANSWER = `
import socket
s = socket.socket(2, 2); s.bind(("10.7.0.100", 53)); t = socket.socket(2, 2); t.bind(("10.7.0.5", 53))
print("up", flush=True)
for i in range(4):
  d, a = s.recvfrom(99); t.sendto(b"answer", a)
`;

const ASK = `
import socket
for i in range(4):
  s = socket.socket(2, 2); s.bind(("10.7.0.9", 40000 + i)); s.settimeout(3)
  s.sendto(b"x", ("10.7.0.100", 53)); s.recvfrom(99)
t = socket.socket(2, 2); t.bind(("10.7.0.9", 41000))
for i in range(20): t.sendto(b"other", ("10.7.0.5", 53))
`;

kernelTest(
  "an answer from another address is told, and nothing of those who did not ask",
  () =>
    withScene(async (scene) => {
      await scene.sh(NET);
      const events = await traced(scene, "host 10.7.0.100 and udp port 53");
      const udp = events.filter(({ protocol }) => protocol === 17);
      const answers = udp.filter(({ source, kind }) =>
        source === "10.7.0.5" && kind === "device-rx"
      );
      // Lines of two processors come in any order.
      equal(answers.map(({ destinationPort }) => destinationPort).sort(), [
        40_000,
        40_001,
        40_002,
        40_003,
      ]);
      equal(udp.filter(({ sourcePort }) => sourcePort === 41_000), []);
    }),
);

async function traced(scene: Scene, filter: string): Promise<Event[]> {
  const lines: string[] = [];
  const follows = new Set<boolean | undefined>();
  const session = await startSession({
    nodes: await resolveNodes([{ name: "n", netns: [scene.a, scene.b] }], ""),
    filter,
    incident: "follow",
    onBatch: (batch) => {
      lines.push(...batch.lines);
      follows.add(batch.header.followsAnswers);
    },
    onProgress: () => {},
  });
  await session.ready;
  await scene.sh(`ANSWER='${ANSWER}'; ASK='${ASK}'
    ip netns exec $B python3 -c "$ANSWER" > /tmp/$A.up & while ! grep -q up /tmp/$A.up; do :; done
    ip netns exec $A python3 -c "$ASK"; rm /tmp/$A.up`);
  await session.stop();
  ok(follows.has(true), "the kernel follows answers");
  return lines.filter((line) => !line.startsWith("{")).map((line) => decodeTsv(line));
}
