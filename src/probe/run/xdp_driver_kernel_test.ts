/** What an XDP program drops in a driver, on each bpftrace. */
import { deepStrictEqual as same } from "node:assert";
import { canPlay, eachPlayed } from "../../../test/fake/players.ts";
import type { Event } from "../../event/event.ts";

const wordsOf = ({ kind, reason, function: name, length, source, destination, ...event }: Event) =>
  `${kind} ${reason} ${name} ${length} ${source} > ${destination} ${event.icmpType} ` +
  `${event.icmpId}/${event.icmpSequence} ${event.sourceMac} id=${event.ipId}`;

Deno.test({
  name: "[R31] of what an XDP program answers in a driver the drops are told, with their frames",
  ignore: !canPlay,
  fn: (t) =>
    eachPlayed(
      (name) => name === "xdp_driver",
      (version, read) =>
        t.step(`bpftrace ${version}`, async () => {
          const events = await read();
          same(
            events.map(wordsOf),
            [98, 102].map((length) =>
              `drop XDP virtnet_xdp_handler ${length} 10.0.0.1 > 10.0.0.2 8 7/1 02:00:00:00:00:0a id=9`
            ),
          );
          same(new Set(events.map(({ skb }) => skb)).size, 2, "each is known by its frame");
        }),
    ),
});
