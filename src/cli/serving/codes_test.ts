import { equal, match } from "node:assert/strict";
import { execa } from "execa";
import { joinLine, worthOf } from "./codes.ts";

const CODE = `lh.${"A".repeat(12)}.${"b-_".repeat(14)}`;

Deno.test("the line is pasted as it is where a URL has a name, and in quotes where zsh would read a pattern", async () => {
  equal(joinLine("https://in.example/x", CODE), `sudo lasthop join https://in.example/x#${CODE}`);
  const line = joinLine("http://[2001:db8::1]:4680", CODE);
  equal(line, `sudo lasthop join 'http://[2001:db8::1]:4680#${CODE}'`);
  const { stdout } = await execa("sh", ["-c", line.replace("sudo lasthop join", "printf %s")]);
  equal(stdout, `http://[2001:db8::1]:4680#${CODE}`);
});

Deno.test("what a line is worth is told for one node and for more", () => {
  const minted = { id: "x", token: CODE, expiresAt: "2026-11-26T19:05:00.000Z", nodesMax: 1 };
  match(worthOf(minted as never, "i1"), /^good until 19:05 UTC for 1 node; to end it before: /);
  match(worthOf({ ...minted, nodesMax: 32 } as never, "i1"), / for 32 nodes; /);
});
