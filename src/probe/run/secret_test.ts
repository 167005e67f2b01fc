/** What probes of one incident know and others do not. */
import { deepEqual, equal, notEqual, ok } from "node:assert/strict";
import { secretOf } from "./secret.ts";

Deno.test("[C6] [O30] probes with the same token of one incident have one secret, and all others have their own", async () => {
  const [one, same, other, ...byChance] = await Promise.all(
    ["i1\nt1", "i1\nt1", "i2\nt1", undefined, undefined].map(secretOf),
  );
  deepEqual(one, same);
  notEqual(one!.mix, other!.mix);
  notEqual(byChance[0]!.mix, byChance[1]!.mix);
  for (const { mix, number } of [one!, other!, ...byChance]) {
    equal(mix & 1n, 1n);
    ok(mix > 2n ** 40n && mix < 2n ** 63n, `${mix}`);
    ok(number >= 1 && number <= 65_536, `${number}`);
  }
});
