import { equal, ok } from "node:assert/strict";
import { clipEnd, clipMiddle, label, visible } from "./escape.ts";

Deno.test("visible() spells out what can't be seen and leaves the rest", () => {
  equal(visible("eth0\u202egnp"), "eth0⟨U+202E⟩gnp");
  equal(visible("a\u0000b\u0007c\u009f"), "a⟨U+0000⟩b⟨U+0007⟩c⟨U+009F⟩");
  equal(visible("zero\u200bwidth\ufeff"), "zero⟨U+200B⟩width⟨U+FEFF⟩");
  equal(visible("\u2066iso\u2069 \u{e0041}"), "⟨U+2066⟩iso⟨U+2069⟩ ⟨U+E0041⟩");
  equal(visible("lone \ud800 half"), "lone ⟨U+D800⟩ half");
  equal(visible("veth-αβ 日本 <b>"), "veth-αβ 日本 <b>");
});

Deno.test("clipMiddle() keeps both ends, clipEnd() the start, neither splits a pair", () => {
  equal(clipMiddle("abcdefghij", 5), "ab…ij");
  equal(clipMiddle("abc", 5), "abc");
  equal(clipEnd("abcdefghij", 5), "abcd…");
  ok(!/[\ud800-\udfff]/u.test(clipMiddle("😀😀😀😀😀😀", 6)));
  ok(!/[\ud800-\udfff]/u.test(clipEnd("😀😀😀", 4)));
});

Deno.test("label() is short whatever it is given", () => {
  ok(label("A".repeat(1_000_000), 24).length <= 24);
  ok(label("\u202e".repeat(1_000_000), 24).length <= 24);
});
