import { deepEqual, throws } from "node:assert/strict";
import { readOn } from "./on_words.ts";

Deno.test("--on reads this machine and those of ssh", () => {
  deepEqual(readOn("local"), [{ by: "local" }]);
  deepEqual(readOn("ssh:ann@alpha:2222,[fe80::1],10.0.0.2", readOn("local")), [
    { by: "local" },
    { by: "ssh", destination: "ann@alpha", port: 2222, name: "alpha" },
    { by: "ssh", destination: "fe80::1", name: "fe80::1" },
    { by: "ssh", destination: "10.0.0.2", name: "10.0.0.2" },
  ]);
});

Deno.test("--on takes no word that is an option of ssh or more than a name", () => {
  const hostile = [
    "-oProxyCommand=x",
    "a b",
    "$(x)",
    "a;x",
    "-v@a",
    "a@-v",
    "",
    "a:70000",
    "a@b@c",
  ];
  for (const word of hostile) throws(() => readOn(`ssh:${word}`), { code: "usage" }, word);
  for (const word of ["alpha", "", "SSH:alpha"]) {
    throws(() => readOn(word), { code: "usage" }, word);
  }
});

Deno.test("--on refuses two machines of one name, which a report could not tell apart", () => {
  throws(() => readOn("ssh:alpha,ann@alpha"), { code: "usage", message: /"alpha" is named twice/ });
});
