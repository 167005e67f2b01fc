import { equal } from "node:assert/strict";
import { sharedText } from "./shared_text.ts";

Deno.test("a shared text is equal to the one that was given, of whatever length and characters", () => {
  const texts = ["", "a", "10.0.0.1", "fd00::1", "é\ud800", "x".repeat(48), "y".repeat(5_000)];
  for (let round = 0; round < 2; round++) for (const text of texts) equal(sharedText(text), text);
});

Deno.test("texts that take turns in a slot stay themselves", () => {
  for (let i = 0; i < 200_000; i++) {
    equal(sharedText(`10.${i >> 8}.${i & 255}.1`), `10.${i >> 8}.${i & 255}.1`);
  }
  equal(sharedText("10.0.0.1"), "10.0.0.1");
});
