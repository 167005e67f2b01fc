import { equal } from "node:assert/strict";
import { Emitted } from "./emitted.ts";

Deno.test("the lines of all processors are added up when their print ends", () => {
  const emitted = new Emitted();
  equal(emitted.printed(), undefined);
  equal(emitted.take("R\t1\t0\tff"), false);
  for (const line of ["@emitted[1]: 7", "@emitted[0]: 5"]) equal(emitted.take(line), true);
  equal(emitted.printed(), 12);
  equal(emitted.printed(), undefined);
  equal(emitted.take("@emitted[1]: 9"), true);
  equal(emitted.printed(), 14);
  equal(emitted.all, 14);
});

Deno.test("one count is that of all processors", () => {
  const emitted = new Emitted();
  equal(emitted.take("@emitted: 5"), true);
  equal(emitted.take("@emitted: 6"), true);
  equal(emitted.printed(), 6);
  equal(emitted.take("@emitted: half"), false);
});
