import { equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { anyFilter, anyPacket } from "../../event/filter/arbitrary.ts";
import { matches, parseFilter, printFilter, widen } from "../../event/filter/mod.ts";
import { widerThan } from "./wider.ts";
import { seedCount } from "../../../test/sim/seed_count.ts";

const texts = (text: string, ...translations: Parameters<typeof widerThan>[1]) =>
  [...widerThan(parseFilter(text), translations)].map(printFilter);

const DNAT = {
  from: { address: "10.96.0.20", port: 80, protocol: 6 },
  to: { address: "10.244.2.2", port: 8080 },
};
const SNAT = { from: { address: "10.244.1.2" }, to: { address: "192.0.2.1" } };

Deno.test("wider: between two ends by all that they are called, one way or the other, then one end", () => {
  equal(
    texts("host 10.244.1.2 and host 10.96.0.20 and tcp", DNAT, SNAT)[0],
    [
      "((src host 10.244.1.2 or src host 192.0.2.1) and (dst host 10.96.0.20 or dst host 10.244.2.2)",
      "((src host 10.96.0.20 or src host 10.244.2.2) and (dst host 10.244.1.2 or dst host 192.0.2.1)",
    ].join(") or ").replace(/^/, "(").replace(/$/, ")) and tcp"),
  );
  equal(
    texts("port 80 and host 10.244.1.2", SNAT)[1],
    "host 10.244.1.2 or ip src host 192.0.2.1 or " +
      "ip dst host 192.0.2.1",
  );
  // One packet may be of an end that both are.
  equal(
    texts("host 10.0.0.1 and (host 10.0.0.1 or host 10.0.0.2)")[0],
    "host 10.0.0.1 and (host 10.0.0.1 or host 10.0.0.2)",
  );
  equal(texts("not host 10.0.0.1").length, 1);
});

Deno.test("wider: passes all that the widened filter passes", () => {
  const runs = seedCount(4_000, 500);
  let fewer = 0;
  const address = anyPacket.map(({ source }) => source!);
  const end = fc.record({ address, port: fc.constantFrom(undefined, 53, 80, 8080) });
  const translation = fc.record({ from: end, to: end });
  const scene = fc.record({
    text: anyFilter,
    packets: fc.array(anyPacket, { minLength: 4, maxLength: 8 }),
    translations: fc.array(translation, { maxLength: 3 }),
  });
  fc.assert(
    fc.property(scene, ({ text, packets, translations }) => {
      const node = parseFilter(text);
      const widened = widen(node, translations);
      for (const wider of widerThan(node, translations)) {
        for (const packet of packets) {
          const does = matches(wider, packet);
          if (matches(widened, packet)) ok(does, `${text} => ${printFilter(wider)}`);
          if (!does) fewer++;
        }
      }
    }),
    { seed: 29, numRuns: runs },
  );
  ok(fewer > runs / 4, `a wider filter must leave something out, did ${fewer} times`);
});
