import { deepStrictEqual as equal } from "node:assert/strict";
import fc from "fast-check";
import { formatAddress, parseAddress, prefixLength, prefixMask } from "./address.ts";

const same = (text: string) => {
  const address = parseAddress(text);
  return address && formatAddress(address);
};

Deno.test("[F6] addresses are written as RFC 5952 has them", () => {
  const cases: [string, string | null][] = [
    ["0.0.0.0", "0.0.0.0"],
    ["255.255.255.255", "255.255.255.255"],
    ["::", "::"],
    ["0:0:0:0:0:0:0:0", "::"],
    ["::1", "::1"],
    ["1::", "1::"],
    ["2001:DB8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["1:0:0:2:0:0:0:3", "1:0:0:2::3"],
    ["::ffff:192.0.2.1", "::ffff:192.0.2.1"],
    ["::ffff:c000:201", "::ffff:192.0.2.1"],
    ["64:ff9b::192.0.2.1", "64:ff9b::c000:201"],
    ["1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"],
    ["1:2:3:4:5:6:7:8::", null],
    ["1:2:3:4:5:6:7", null],
    ["1::2::3", null],
    [":::", null],
    [":1", null],
    ["12345::", null],
    ["1.2.3.4::", null],
    ["::1.2.3", null],
    ["1.2.3", null],
    ["1.2.3.256", null],
    ["1.2.3.04", null],
    ["", null],
  ];
  for (const [text, should] of cases) equal(same(text), should, text);
});

Deno.test("[F7] any address reads back as itself, and every prefix has its length", () => {
  fc.assert(
    fc.property(fc.bigInt(0n, 2n ** 128n - 1n), fc.bigInt(0n, 2n ** 128n - 1n), (a, b) => {
      const address = { version: 6, bits: a & b } as const;
      equal(parseAddress(formatAddress(address)), address);
    }),
    { seed: 23 },
  );
  for (let length = 0; length <= 128; length++) {
    equal(prefixLength(6, prefixMask(6, length)), length);
    if (length <= 32) equal(prefixLength(4, prefixMask(4, length)), length);
  }
  equal(prefixLength(4, 0xff00ff00n), null);
});
