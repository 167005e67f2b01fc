/** [O22] Drops have a budget of their own, which answers to pings do not fill. Needs root. */
import { deepStrictEqual as equal, ok } from "node:assert/strict";
import { decodeTsv } from "../../event/codec.ts";
import type { Event } from "../../event/event.ts";
import { kernelTest, withScene } from "../state/kernel_testing.ts";
import { DEFAULT_SHARE } from "../run/share.ts";
import { resolveNodes, startSession } from "./mod.ts";

/** What comes to port 7 of `b` is refused there. Pings of root have a raw socket, which the kernel asks first. */
const NET = `
ip link add ua0 netns $A type veth peer name ub0 netns $B
ip -n $A addr add fd07::1/64 dev ua0 nodad; ip -n $A link set ua0 up
ip -n $B addr add fd07::2/64 dev ub0 nodad; ip -n $B link set ub0 up
printf 'table inet t {\\n chain i {\\n type filter hook input priority 0;\\n udp dport 7 drop\\n }\\n}\\n' |
  ip netns exec $B nft -f -
ip netns exec $A ping -6 -q -c 1 -W 5 fd07::2
`;

/** So many that all of a burst would be more than may be told of drops at once. */
const FLOOD = 60_000;
const REFUSED = 20;

const TRAFFIC = `
ip netns exec $A ping -6 -q -f -c ${FLOOD} fd07::2 &
for i in $(seq ${REFUSED}); do
  ip netns exec $A python3 -c 'import socket; socket.socket(10, 2).sendto(b"x", ("fd07::2", 7))'
done
wait
`;

kernelTest(
  "[O22] each drop is told beside a flood of pings, whose answers are freed as drops",
  () =>
    withScene(async (scene) => {
      await scene.sh(NET);
      const drops: Event[] = [];
      const dropRanks = new Set<number>();
      const session = await startSession({
        nodes: await resolveNodes([
          { name: "a", netns: [scene.a] },
          { name: "b", netns: [scene.b] },
        ], ""),
        filter: "",
        incident: "i",
        share: DEFAULT_SHARE,
        onBatch({ header, lines }) {
          for (const { dropRank } of header.sampled ?? []) dropRanks.add(dropRank);
          for (const line of lines) {
            const event = line.startsWith("{") ? null : decodeTsv(line);
            if (event?.kind === "drop") drops.push(event);
          }
        },
        onProgress: () => {},
      });
      await session.ready;
      await scene.sh(TRAFFIC);
      await session.stop();
      const answers = drops.filter(({ reason }) => reason === "NO_SOCKET");
      const refused = drops.filter(({ destinationPort }) => destinationPort === 7);
      equal(refused.length, REFUSED);
      equal([...dropRanks].filter((rank) => rank !== 0), [], "drops left out, by rank");
      ok(answers.length < FLOOD / 4, `${answers.length} answers of ${FLOOD}`);
    }),
);
