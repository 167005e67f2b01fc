import { deepEqual } from "node:assert/strict";
import { tracedIn } from "./trace.ts";

// Of ovs-vswitchd 3.1.
const TRACE = `Flow: icmp,in_port=3,vlan_tci=0x0000,dl_src=02:00:00:00:00:31

bridge("br0")
-------------
 0. icmp, priority 10, cookie 0x77
    resubmit(,5)
 5. icmp,nw_dst=10.16.0.0/16,icmp_type=8, priority 10
    output:2

bridge("br-ext")
----------------
 0. No match.
    drop

Final flow: unchanged
Megaflow: recirc_id=0,eth,icmp,in_port=3
Datapath actions: drop
`;

Deno.test("tracedIn reads tables, flows and what they do, over a patch port", () => {
  deepEqual(tracedIn(TRACE), {
    actions: "drop",
    steps: [
      {
        ...{ bridge: "br0", table: 0, match: "icmp", priority: 10, cookie: "0x77" },
        says: ["resubmit(,5)"],
      },
      {
        ...{ bridge: "br0", table: 5, match: "icmp,nw_dst=10.16.0.0/16,icmp_type=8", priority: 10 },
        says: ["output:2"],
      },
      { bridge: "br-ext", table: 0, says: ["drop"] },
    ],
  });
});

Deno.test("what a packet would do that comes back from connection tracking is left out", () => {
  const text = `
bridge("br0")
-------------
    thaw
        Resuming from table 1
 1. priority 0
    ct(commit,table=2,zone=1)
     -> A clone of the packet is forked to recirculate.

Final flow: unchanged
Megaflow: recirc_id=0x2
Datapath actions: ct(commit,zone=1),recirc(0x3)

===============================================================================
recirc(0x3) - resume conntrack with default ct_state=trk|new
===============================================================================

bridge("br0")
-------------
 2. No match.
    drop
Datapath actions: drop
`;
  deepEqual(tracedIn(text), {
    actions: "ct(commit,zone=1),recirc(0x3)",
    steps: [{
      ...{ bridge: "br0", table: 1, match: "", priority: 0 },
      says: [
        "ct(commit,table=2,zone=1)",
        "-> A clone of the packet is forked to recirculate.",
      ],
    }],
  });
});

Deno.test("why a packet could not be translated is said of its last table", () => {
  const text = `bridge("br0")\n-----\n 0. ip, priority 1\n    resubmit(,0)\n\n` +
    "Datapath actions: drop\nTranslation failed (Recursion too deep), packet is dropped.\n";
  deepEqual(tracedIn(text).steps.at(-1)?.says, [
    "resubmit(,0)",
    ">> Translation failed (Recursion too deep), packet is dropped.",
  ]);
  deepEqual(tracedIn("nonsense"), { steps: [], actions: undefined });
});
