/** Tokens that the ingest never knew have a small share of a relay's spool, and no more. */
import { equal } from "node:assert/strict";
import { Strangers } from "./strangers.ts";

const sent = (token: string) => ({ token, text: "x".repeat(60) });

Deno.test("relay: all whom the ingest never took a batch of share a tenth of the spool", () => {
  const strangers = new Strangers();
  strangers.answered("probe", 200);
  strangers.answered("revoked", 200);
  strangers.answered("revoked", 401);
  equal(strangers.mayKeep(sent("anything"), 1_000), true, "after a restart nobody is known");
  equal(strangers.mayKeep(sent("other"), 1_000), false);
  equal(strangers.mayKeep(sent("revoked"), 1_000), false);
  for (let i = 0; i < 100; i++) equal(strangers.mayKeep(sent("probe"), 1_000), true);
  strangers.begin();
  equal(strangers.mayKeep(sent("other"), 1_000), true, "the spool is empty again");
});
