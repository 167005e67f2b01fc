/** [O60] A filter finds what goes through a tunnel inside a tunnel between the outer one's ends, too. Needs root. */
import { deepStrictEqual as equal } from "node:assert/strict";
import { decodeTsv } from "../../event/codec.ts";
import { kernelTest, withScene } from "../state/kernel_testing.ts";
import { DEFAULT_SHARE } from "../run/share.ts";
import { resolveNodes, startSession } from "./mod.ts";

/** vxlan in vxlan; on the inner one each side has two addresses, of which the filter names one. */
const NET = `
ip link add ca0 netns $A type veth peer name cb0 netns $B
ip -n $A addr add 10.61.1.1/24 dev ca0; ip -n $A link set ca0 up
ip -n $B addr add 10.61.1.2/24 dev cb0; ip -n $B link set cb0 up
layers() {
  ip -n $1 link add vo type vxlan id 100 local 10.61.1.$2 remote 10.61.1.$3 dstport 4789
  ip -n $1 addr add 10.61.2.$2/24 dev vo; ip -n $1 link set vo up
  ip -n $1 link add vi type vxlan id 200 local 10.61.2.$2 remote 10.61.2.$3 dstport 4790
  ip -n $1 addr add 10.61.3.$2/24 dev vi; ip -n $1 addr add 10.61.4.$2/24 dev vi; ip -n $1 link set vi up
}
layers $A 1 2
layers $B 2 1
ip netns exec $A ping -q -c 1 -W 5 10.61.3.2
ip netns exec $A ping -q -c 1 -W 5 10.61.4.2
`;

const PINGS = 3;
const TRAFFIC = [3, 4].map((net) =>
  `ip netns exec $A ping -q -c ${PINGS} -i 0.2 -W 2 10.61.${net}.2`
).join("\n");

kernelTest(
  "[O60] what carries the filter's packets through a tunnel in a tunnel is told on the wire, and nothing else",
  () =>
    withScene(async (scene) => {
      await scene.sh(NET);
      const onWire: string[] = [];
      const session = await startSession({
        nodes: await resolveNodes([{ name: "a", netns: [scene.a] }, {
          name: "b",
          netns: [scene.b],
        }], ""),
        filter: "host 10.61.3.2 and icmp",
        incident: "i",
        share: DEFAULT_SHARE,
        onBatch({ lines }) {
          for (const line of lines) {
            const event = line.startsWith("{") ? null : decodeTsv(line);
            if (event?.protocol !== 17 || event.kind !== "device-tx") continue;
            if (event.device === "ca0") {
              onWire.push(`${event.tunnelDestination} ${event.destination}`);
            }
          }
        },
        onProgress: () => {},
      });
      await session.ready;
      await scene.sh(TRAFFIC);
      await session.stop();
      equal(onWire, Array(PINGS).fill("10.61.1.2 10.61.2.2"));
    }),
);
