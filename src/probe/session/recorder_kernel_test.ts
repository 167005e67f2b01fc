/** [O25] The recorder, by a real kernel: only what dies is told, with its way. Needs root. */
import { deepStrictEqual as equal, ok } from "node:assert/strict";
import { once } from "node:events";
import { execa } from "execa";
import type { BatchHeader } from "../../event/batch.ts";
import { decodeTsv } from "../../event/codec.ts";
import type { Event } from "../../event/event.ts";
import { kernelTest, type Scene, withScene } from "../state/kernel_testing.ts";
import { resolveNodes, startSession } from "./mod.ts";

/** What comes to port 7 of `b` with 12 bytes is refused there: 8 of 600, as `TALK` sends. */
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
for i in range(600): u.sendto(b"x" * (12 if i % 75 == 37 else 30), ("10.7.3.2", 7))
c = socket.create_connection(("10.7.3.2", 80))
u.sendto(b"end" + b"x" * 30, ("10.7.3.2", 7))
for i in range(100): c.send(b"question"); c.recv(9)
c.recv(9)
for i in range(5): u.sendto(b"late" + b"x" * 30, ("10.7.3.2", 7))
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
      ok(udp.length < 60, `${udp.length} of UDP`);
      ok(events.length < 120, `${events.length} in all`);
      const refused = waysOf(events, 12, "b drop rc0");
      equal(refused.length, 8);
      mostAreWhole(refused, "a device-tx rc0, b device-rx rc0, b drop rc0");
      const late = waysOf(events, 34, "b drop rc0");
      equal(late.length, 5);
      mostAreWhole(late, "a device-tx rc0, b device-rx rc0, b icmp-error rc0, b drop rc0");
      const reset = events.find(({ kind }) => kind === "reset");
      const resetWay = wayOf(events, (event) =>
        event.payload === 8 && event.tcpSequence === reset?.tcpSequence).join(", ");
      // The device of a reset is that of its route, which is the loopback's.
      ok(/(a device-tx rc0, b device-rx|. device-.x) rc0, b reset/.test(resetWay), resetWay);
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

/** The ways of datagrams of so many bytes, one after another: each ends with this hop. */
function waysOf(events: readonly Placed[], bytes: number, end: string): string[] {
  const all = wayOf(events, ({ payload, protocol }) => protocol === 17 && payload === bytes);
  return all.join(", ").split(new RegExp(`(?<=${end}), `));
}

/**
 * A kept hop may lose its place to a later one before its packet dies, where the processor did something
 * else meanwhile. So a single way proves nothing, and most of them are whole.
 */
function mostAreWhole(ways: readonly string[], whole: string): void {
  const missing = ways.filter((way) => way !== whole);
  ok(missing.length < ways.length / 2, missing.join("; "));
  const hops = new Set(whole.split(", "));
  for (const way of missing) ok(way.split(", ").every((hop) => hops.has(hop)), way);
}

type Placed = Event & { node: string };

/** What `b` forwards waits in a queue with a rate, and `a` refuses it when it comes back there. */
const QUEUED_NET = `
ip link add rc0 netns $A type veth peer name rc0 netns $B
ip link add rc1 netns $B type veth peer name rc1 netns $A
ip -n $A addr add 10.7.3.1/24 dev rc0; ip -n $A addr add 10.7.5.1/24 dev rc1
ip -n $B addr add 10.7.3.2/24 dev rc0; ip -n $B addr add 10.7.4.2/24 dev rc1
for d in rc0 rc1; do ip -n $A link set $d up; ip -n $B link set $d up; done
ip -n $A route add 10.7.9.0/24 via 10.7.3.2; ip -n $B route add 10.7.9.0/24 dev rc1
ip -n $B neigh add 10.7.9.9 lladdr $(ip -n $A -br link show rc1 | tr -s " " | cut -d " " -f 3) dev rc1
ip netns exec $B sysctl -qw net.ipv4.ip_forward=1
tc -n $B qdisc add dev rc1 root tbf rate 20mbit burst 3000 limit 400000
printf 'table inet t {\\n chain p {\\n type filter hook prerouting priority 0;\\n iifname rc1 udp sport 4001 drop\\n }\\n}\\n' |
  ip netns exec $A nft -f -
`;

/** 5 bursts of 600 datagrams, 15 of each from port 4001. */
const BURSTS = `
import socket, time
u, v = (socket.socket(2, 2) for i in "uv"); u.bind(("10.7.3.1", 4000)); v.bind(("10.7.3.1", 4001))
for burst in range(5):
  for i in range(600): (v if i % 40 == 5 else u).sendto(b"x" * 30, ("10.7.9.9", 9))
  time.sleep(0.4)
`;

kernelTest(
  "[O25] of packets that wait among others the way is kept, too",
  () =>
    withScene(async (scene) => {
      await scene.sh(QUEUED_NET);
      const deaths = 75;
      const isMeant = ({ protocol, sourcePort }: Event) => protocol === 17 && sourcePort === 4001;
      const dead = new Set<bigint>();
      const { events } = await recorded(scene, async (told) => {
        await scene.sh(`ip netns exec $A python3 -c '${BURSTS}'`);
        await told((event) => {
          if (event.kind === "drop" && isMeant(event)) dead.add(event.timeNs);
          return dead.size === deaths;
        });
      });
      const way = wayOf(events, isMeant);
      const hops = ["a device-tx rc0", "b device-rx rc0", "b device-tx rc1", "a device-rx rc1"];
      for (const hop of [...hops, "a drop rc1"]) {
        const seen = way.filter((one) => one === hop).length;
        // The next hop comes a few rounds after this one. Those before the queue wait for
        // hundreds of other packets, of which some may take their places.
        const missing = hop === "b device-tx rc1" ? 1 : 4;
        ok(seen >= deaths - missing, `${seen} times ${hop}`);
      }
    }),
);

/**
 * What `b` forwards to an address that nobody has waits for its link address until that is said to be
 * none, and dies then.
 */
const WAITING_NET = `
ip link add rc0 netns $A type veth peer name rc0 netns $B
ip link add rc1 netns $B type veth peer name rc2 netns $B
ip -n $A addr add 10.7.3.1/24 dev rc0; ip -n $A link set rc0 up
ip -n $B addr add 10.7.3.2/24 dev rc0
for d in rc0 rc1 rc2; do ip -n $B link set $d up; done
ip -n $A route add 10.7.4.0/24 via 10.7.3.2; ip -n $B route add 10.7.4.0/24 dev rc1
ip netns exec $B sysctl -qw net.ipv4.ip_forward=1 net.ipv4.neigh.rc1.retrans_time_ms=600000
ip netns exec $A ping -q -c 1 -W 5 10.7.3.2
`;

/** Keeps what comes, unread, so that its memory is not that of a later packet, too. */
const KEEP = `
import socket, sys
u = socket.socket(2, 2); u.setsockopt(1, 33, 1 << 26); u.bind(("10.7.3.2", 9))
print("up", flush=True); sys.stdin.read()
`;

/** A flow's first packet, which is told at once, a second one that waits, and meanwhile so many packets of a hundred flows. */
const WAIT = (others: number) => `
import socket
flows = [socket.socket(2, 2) for i in range(100)]
u = socket.socket(2, 2); u.bind(("10.7.3.1", 4000))
for size in 12, 13: u.sendto(b"x" * size, ("10.7.4.9", 7))
for i in range(${others}): flows[i % 100].sendto(b"x" * 30, ("10.7.3.2", 9))
`;

/** The way of a packet that waited while so many others passed, and how many hops may be missing. */
async function waited(others: number): Promise<{ way: string[]; overwritten: number }> {
  const found = { way: [] as string[], overwritten: 0 };
  await withScene(async (scene) => {
    await scene.sh(WAITING_NET);
    // It ends after the recorder: what it has not read dies with it.
    const keeper = execa("ip", ["netns", "exec", scene.b, "python3", "-c", KEEP], {
      buffer: false,
      stdin: "pipe",
    });
    await once(keeper.stdout, "data");
    const isMeant = (event: Event) => event.protocol === 17 && event.payload === 13;
    const { events, headers } = await recorded(scene, async (told) => {
      await scene.sh(`ip netns exec $A python3 -c '${WAIT(others)}'
        ip -n $B neigh replace 10.7.4.9 dev rc1 nud failed`);
      await told((event) => event.kind === "drop" && isMeant(event));
    });
    keeper.stdin.end();
    await keeper;
    found.way = wayOf(events, isMeant);
    found.overwritten = Math.max(...headers.map(({ recorder }) => recorder!.overwritten));
  });
  return found;
}

kernelTest("[O25] [S17] hops of a way whose places others took are counted", async () => {
  const death = ["b icmp-error rc1", "b drop rc1"];
  equal(await waited(0), {
    way: ["a device-tx rc0", "b device-rx rc0", ...death],
    overwritten: 0,
  });
  // Two hops each: five times the ring's 16,384 places, so that hardly one is left.
  const { way, overwritten } = await waited(40_000);
  equal(way.slice(-2), death);
  ok(way.length < 4, `none of its hops is gone: ${way.join(", ")}`);
  ok(overwritten > 0, "hops are gone, and nothing says so");
});

/** `act` makes the traffic; its argument waits until such an event came. */
async function recorded(
  scene: Scene,
  act: (told: (what: (event: Event) => boolean) => Promise<void>) => Promise<void> = () =>
    talk(scene),
): Promise<{ events: Placed[]; headers: BatchHeader[] }> {
  const events: Placed[] = [];
  const last = new Map<string, BatchHeader>();
  let heard = () => {};
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
      heard();
    },
    onProgress: () => {},
  });
  await session.ready;
  await act((what) =>
    new Promise((resolve) => {
      heard = () => {
        if (events.some(what)) resolve();
      };
      heard();
    })
  );
  await session.stop();
  events.sort((a, b) => Number(a.timeNs - b.timeNs));
  return { events, headers: [...last.values()] };
}

const talk = (scene: Scene) =>
  scene.sh(`SERVE='${SERVE}'; TALK='${TALK}'
    ip netns exec $B python3 -c "$SERVE" > /tmp/$A.up & while ! grep -q up /tmp/$A.up; do :; done
    ip netns exec $A python3 -c "$TALK"; wait; rm /tmp/$A.up`).then(() => {});
