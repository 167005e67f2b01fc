/** A packet at rest tells what it told before. Rule D5. */
import {
  deepStrictEqual as same,
  notStrictEqual as isOther,
  strictEqual as equal,
} from "node:assert/strict";
import { tellingOf } from "../../../test/sim/run.ts";
import { chainsOf } from "./chains.ts";
import { invariants } from "./identity.ts";
import { packetsOf } from "./packets.ts";
import { timelines } from "../view/timelines.ts";

Deno.test("[D5] a packet that rests is made of its sightings alone, and is the same", () => {
  let several = 0;
  for (let seed = 1; seed <= 20; seed++) {
    const chains = timelines(tellingOf(seed, null).input.batches).flatMap(chainsOf);
    const alike = Map.groupBy(chains, ({ events }) => invariants(events[0]!)).values();
    for (const packet of [...alike].flatMap(packetsOf)) {
      const { chains, forms, first, ambiguous } = packet;
      several += Number(chains.length > 1 && forms.size > 1);
      packet.rest();
      same([packet.chains, [...packet.forms], packet.first, packet.ambiguous], [
        chains,
        [...forms],
        first,
        ambiguous,
      ], `seed ${seed}`);
      isOther(packet.chains, packet.chains, "nothing of it is kept");
      for (const [i, { events }] of packet.chains.entries()) {
        for (const [k, event] of events.entries()) equal(event === chains[i]!.events[k], true);
      }
      packet.wake();
      equal(packet.chains, packet.chains, "awake it has them");
      same([packet.chains, [...packet.forms]], [chains, [...forms]], `seed ${seed}`);
    }
  }
  equal(several > 5, true, `${several} of several chains and forms`);
});
