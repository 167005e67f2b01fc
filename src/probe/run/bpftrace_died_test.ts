import { equal } from "node:assert/strict";
import { BpftraceDied } from "./bpftrace_died.ts";

Deno.test("BpftraceDied tells how bpftrace ended, whatever bpftrace said", () => {
  const refused = new BpftraceDied({ exitStatus: 1, said: "killed by a typo (exit status 0)" });
  equal(refused.isRefusal, true);
  equal(refused.isOrderly, false);
  equal(
    refused.message,
    "Cannot go on tracing: bpftrace ended by itself (exit status 1), saying: killed by a typo " +
      "(exit status 0); must run until the trace ends (lasthop doctor tells what this machine can do)",
  );
  const killed = new BpftraceDied({ signal: "SIGKILL", said: "" });
  equal(killed.isRefusal, false);
  equal(killed.isOrderly, false);
  equal(
    killed.message,
    "Cannot go on tracing: bpftrace ended by itself (killed by SIGKILL); must run until the trace " +
      "ends (lasthop doctor tells what this machine can do)",
  );
  equal(new BpftraceDied({ exitStatus: 0, said: "" }).isOrderly, true);
  equal(refused.code, "bpftrace_died");
});
