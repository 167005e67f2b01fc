import { equal } from "node:assert/strict";
import { joinedName } from "./joining.ts";

Deno.test("nodes of one probe join by all names that fit, each whole", () => {
  equal(joinedName(["a"]), "a");
  equal(joinedName(["a", "b"]), "a+b");
  const long = ["x", "y", "z"].map((letter) => letter.repeat(150));
  equal(joinedName([...long, "b"]), `${long[0]}+b`);
  equal(joinedName([]), "");
});
