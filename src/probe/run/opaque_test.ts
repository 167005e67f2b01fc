import { equal, match, ok } from "node:assert/strict";
import fc from "fast-check";
import { opaque } from "./opaque.ts";

const SCRIPT = `a { if ($x == 1) { } //@opaque
if ($x == 6 || $y != (uint64)0x11) { $z = nsecs; } if (1 == 0 || $a < $b + 2) { } $m = $k >> 52; }`;

Deno.test("comparisons with constants behind the mark are hidden, and nothing else", () => {
  const hidden = opaque(SCRIPT, false);
  const [before = "", after = ""] = hidden.split("$none = (uint64)pid >> 29;");
  equal(before, "a { if ($x == 1) { } ");
  equal(after.match(/\$none/g)?.length, 2);
  ok(after.includes("if (1 == 0 || $a < $b + 2)"), after);
  ok(after.includes("$z = nsecs;") && after.includes("$k >> 52;"), after);
});

Deno.test("as it is written it is the same but for the mark", () => {
  equal(opaque(SCRIPT, true), SCRIPT.replace("//@opaque", ""));
  equal(opaque("a { if ($x == 1) { } }", false), "a { if ($x == 1) { } }");
});

Deno.test("what is behind the second mark stays as it is", () => {
  const script = "//@opaque if ($x == 1) { } //@transparent while ($i < 256) { }";
  const hidden = opaque(script, false);
  ok(hidden.endsWith(" while ($i < 256) { }"), hidden);
  equal(hidden.match(/\$none \*/g)?.length, 1);
  equal(
    opaque(script, true),
    " if ($x == 1) {  }".replace("{  }", "{ }") + "  while ($i < 256) { }",
  );
});

Deno.test("each comparison has a factor of its own, which one instruction can multiply by", () => {
  const many = `//@opaque${" if ($x == 1) { }".repeat(300)}`;
  const factors = [...opaque(many, false).matchAll(/\* (\d+)\)/g)].map(([, factor]) =>
    Number(factor)
  );
  equal(new Set(factors).size, 300);
  ok(factors.every((factor) => factor % 2 === 1 && factor < 2 ** 31));
});

Deno.test("what is hidden compares as what was written", () => {
  fc.assert(
    fc.property(fc.bigInt(0n, (1n << 32n) - 1n), fc.nat(1 << 22), (constant, pid) => {
      const hidden = opaque(`//@opaque if ($x == ${constant}) { }`, false);
      const [, shown = "", factor = ""] =
        /== \(\(uint64\)(\d+) \^ \(\$none \* (\d+)\)\)\)/.exec(hidden) ?? [];
      match(factor, /^\d+$/, hidden);
      equal(BigInt(shown) ^ (BigInt(pid) >> 29n) * BigInt(factor), constant);
    }),
    { seed: 13 },
  );
});
