import { equal, match } from "node:assert/strict";
import type { Flow, Problem } from "../event/report.ts";
import { countedAfter, countedFirst } from "./counted.ts";
import { passedWords, problemSize } from "./problem.ts";
import { counting } from "./writing.ts";

const COUNTING = counting(",");
const WRITING = { text: (text: string) => text, arrow: ">" };
const flow = (counted?: Flow["counted"], basis?: Flow["packets"]["basis"]) => ({
  ...{ counted, packets: { basis } },
});

Deno.test("[O24] what was counted of a flow is told before what was told one by one", () => {
  equal(countedFirst(flow(), COUNTING), "");
  // Why it is not known is told by its sentence.
  equal(countedFirst(flow({ sentence: "", gap: "it was cut" }), COUNTING), "");
  equal(
    countedFirst(flow({ sentence: "", packets: 4_900, lost: 3 }), COUNTING),
    "4,900 packets counted, 3 lost between devices; told one by one: ",
  );
  equal(
    countedFirst(flow({ sentence: "", packets: 1, lost: 0 }), COUNTING),
    "1 packet counted, none lost between devices; told one by one: ",
  );
  // Of packets that were told one by one nobody may take the number for that of all.
  equal(
    countedFirst(flow({ sentence: "", gap: "it was cut" }, "traced"), COUNTING),
    "told one by one: ",
  );
  equal(countedFirst(flow(undefined, "traced"), COUNTING), "told one by one: ");
  match(
    countedFirst(flow({ sentence: "", packets: 9, lost: 2, atLeast: true }), COUNTING),
    /at least 2 lost between devices/,
  );
  match(
    countedFirst(flow({ sentence: "", packets: 9, lost: 0, atLeast: true }), COUNTING),
    /^9 packets counted, none known to be lost between devices/,
  );
  const until = "2023-11-14T22:13:28.000Z";
  const goesOn = flow({ sentence: "", packets: 9, lost: 0, until });
  const first = (lastAt: string) => countedFirst({ ...goesOn, lastAt }, COUNTING);
  match(first("2023-11-14T22:13:32.000Z"), /^9 packets counted up to 22:13:28, none lost/);
  match(first("2023-11-14T22:13:28.500Z"), /^9 packets counted, none lost/);
});

Deno.test("[O31] figures that are counted say so, and how many packets were told one by one", () => {
  const traced = {
    seen: 1_200,
    delivered: 9,
    dropped: 0,
    vanished: 0,
    unknown: 1_191,
    inFlight: 0,
  };
  const counted = { sentence: "", packets: 4_900, lost: 3 };
  const all = flow({ ...counted, traced }, "counted");
  equal(countedFirst(all, COUNTING), "");
  equal(countedAfter(all, COUNTING), " (counted; 1,200 told one by one)");
  // Of an ingest that does not say how many those are.
  equal(countedAfter(flow(counted, "counted"), COUNTING), " (counted)");
  equal(countedAfter(flow(counted, "traced"), COUNTING), "");
});

Deno.test("[P1] of what only counts know the size is packets between two places", () => {
  const place = (node: string) => ({
    ...{ node, netns: "pod", device: "eth0", ifindex: 2, stage: "device-tx" as const },
  });
  const shown = { protocol: "udp", flows: 1, clients: 1, from: ["10.0.0.1"] };
  const counted = { packets: 4_900, lost: 3, from: place("a"), to: place("b") };
  equal(
    problemSize({ ...shown, counted } as unknown as Problem, COUNTING.plural, WRITING),
    "3 of 4,900 packets counted from eth0 in pod on a to eth0 in pod on b, of 1 UDP exchange from " +
      "10.0.0.1",
  );
  equal(
    problemSize(shown as unknown as Problem, COUNTING.plural, WRITING),
    "1 UDP exchange from 10.0.0.1",
  );
});

Deno.test("[O31] of a flow that counts know to the packet it is said how many of its packets got through", () => {
  const packets = { seen: 373_697, delivered: 373_683, dropped: 14 };
  const words = (of: object) =>
    passedWords(
      { outcome: "dropped", passed: 1_447, packets, ...of } as unknown as Problem,
      COUNTING.plural,
    );
  equal(
    words({ packets: { ...packets, basis: "counted" } }),
    "373,683 of 373,697 packets got through",
  );
  equal(
    words({ packets: { ...packets, basis: "counted" }, passed: 0 }),
    "373,683 of 373,697 packets got through",
    "though none of them was told",
  );
  equal(
    words({ packets: { ...packets, basis: "counted" }, outcome: "unanswered" }),
    "1,447 got through",
    "packets are no answers",
  );
  equal(words({}), "1,447 got through");
  equal(words({ passed: 0 }), "");
  equal(words({ counted: { packets: 4_900, lost: 3 } }), "", "its size tells it");
});
