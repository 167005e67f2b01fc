/** [O25] The recorder, by a real kernel: only what dies is told, with its way. Needs root. */
import { deepStrictEqual as equal, ok } from "node:assert/strict";
import type { BatchHeader } from "../../event/batch.ts";
import { decodeTsv } from "../../event/codec.ts";
import type { Event } from "../../event/event.ts";
import { kernelTest, type Scene, withScene } from "../state/kernel_testing.ts";
import { resolveNodes, startSession } from "./mod.ts";

/** What comes to port 7 of `b` with 12 bytes is refused there. */
const NET = `
ip link add rc0 netns $A type veth peer name rc0 netns $B
ip -n $A addr add 10.7.3.1/24 dev rc0; ip -n $A link set rc0 up; ip -n $A link set lo up
ip -n $B addr add 10.7.3.2/24 dev rc0; ip -n $B link set rc0 up; ip -n $B link set lo up
printf 'table inet t {\\n chain i {\\n type filter hook input priority 0;\\n udp dport 7 udp length 20 drop\\n }\\n}\\n' |
  ip netns exec $B nft -f -
`;

/** Reads on UDP port 7 until a datagram says so, and on TCP port 80 once. */
const SERVE = `
import socket
u = socket.socket(2, 2); u.setsockopt(1, 33, 1 << 23); u.bind(("10.7.3.2", 7))
t = socket.socket(); t.bind(("10.7.3.2", 80)); t.listen(); print("up", flush=True)
while u.recvfrom(99)[0][:1] != b"e": pass
u.close()
c = t.accept()[0]
for i in range(100): c.recv(9); c.send(b"answer")
c.close(); t.close(); print("closed", flush=True)
`;

const TALK = `
import socket
u = socket.socket(2, 2); u.bind(("10.7.3.1", 4000))
for i in range(600): u.sendto(b"x" * (12 if i == 300 else 30), ("10.7.3.2", 7))
c = socket.create_connection(("10.7.3.2", 80))
u.sendto(b"end" + b"x" * 30, ("10.7.3.2", 7))
for i in range(100): c.send(b"question"); c.recv(9)
c.recv(9)
u.sendto(b"late" + b"x" * 30, ("10.7.3.2", 7))
c.send(b"too late")
`;

kernelTest(
  "[O25] the recorder says nothing of what passes, and of what dies the way",
  () =>
    withScene(async (scene) => {
      await scene.sh(NET);
      const { events, headers } = await recorded(scene);
      const udp = events.filter(({ source, protocol }) => source === "10.7.3.1" && protocol === 17);
      // 600 datagrams, of which the first is told, and those that die; 100 questions and answers.
      ok(udp.length < 20, `${udp.length} of UDP`);
      ok(events.length < 80, `${events.length} in all`);
      equal(wayOf(events, ({ payload, protocol }) => protocol === 17 && payload === 12), [
        "a device-tx rc0",
        "b device-rx rc0",
        "b drop rc0",
      ]);
      const late = ({ payload, protocol }: Event) => protocol === 17 && payload === 34;
      equal(wayOf(events, late), [
        "a device-tx rc0",
        "b device-rx rc0",
        "b icmp-error rc0",
        "b drop rc0",
      ]);
      const reset = events.find(({ kind }) => kind === "reset");
      const resetWay = wayOf(events, (event) =>
        event.payload === 8 && event.tcpSequence === reset?.tcpSequence);
      // The device of a reset is that of its route, which is the loopback's.
      equal(resetWay.slice(0, 2), ["a device-tx rc0", "b device-rx rc0"]);
      ok(resetWay[2]?.startsWith("b reset"), String(resetWay));
      for (const { sampled, recorder, totals } of headers) {
        equal(totals.lost, 0);
        equal(
          sampled?.every(({ rank, dropRank }) =>
            rank >= 16 && dropRank === 0
          ),
          true,
        );
        ok(recorder !== undefined, "it says that it is a recorder");
      }
    }),
);

/** The hops of the packets that are meant, by time: node, kind and device of each. */
function wayOf(events: readonly Placed[], isMeant: (event: Placed) => boolean): string[] {
  return events.filter(isMeant).map(({ node, kind, device }) => `${node} ${kind} ${device}`);
}

type Placed = Event & { node: string };

async function recorded(scene: Scene): Promise<{ events: Placed[]; headers: BatchHeader[] }> {
  const events: Placed[] = [];
  const last = new Map<string, BatchHeader>();
  const session = await startSession({
    nodes: await resolveNodes([
      { name: "a", netns: [scene.a] },
      { name: "b", netns: [scene.b] },
    ], ""),
    filter: "",
    incident: "recorder",
    recorder: true,
    onBatch({ header, lines }) {
      last.set(header.node, header);
      const told = lines.filter((line) => !line.startsWith("{")).map((line) => decodeTsv(line));
      events.push(...told.map((event) => ({ ...event, node: header.node })));
    },
    onProgress: () => {},
  });
  await session.ready;
  await scene.sh(`SERVE='${SERVE}'; TALK='${TALK}'
    ip netns exec $B python3 -c "$SERVE" > /tmp/$A.up & while ! grep -q up /tmp/$A.up; do :; done
    ip netns exec $A python3 -c "$TALK"; wait; rm /tmp/$A.up`);
  await session.stop();
  events.sort((a, b) => Number(a.timeNs - b.timeNs));
  return { events, headers: [...last.values()] };
}
