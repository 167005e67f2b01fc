import { deepEqual } from "node:assert/strict";
import { COLUMNS } from "./columns.ts";
import { decodeLine } from "./codec.ts";
import type { Event } from "./event.ts";

const base = { kind: "icmp-error", timeNs: "5", cpu: 0 } as const;

function decoded(line: string): Event {
  const read = decodeLine(line);
  if (read.type !== "event") throw new Error(`"${line}" is no event`);
  return read.event;
}

const reasonAt = COLUMNS.findIndex(({ name }) => name === "reason");

/** The tab-separated spelling of an event that has a reason and little else. */
const withReason = (kind: string, reason: string) =>
  [kind, "5", "0", ...Array.from({ length: reasonAt - 3 }, () => ""), reason].join("\t");

Deno.test("[E1] words of lasthop's own in reason are lifted to their columns, in both spellings", () => {
  const error = { ...base, timeNs: 5n, sentIcmpType: 3, sentIcmpCode: 13 };
  deepEqual(decoded(JSON.stringify({ ...base, reason: "ICMP_3_13" })), error);
  deepEqual(decoded(withReason("icmp-error", "ICMP_3_13")), error);
  const look = { kind: "deliver", timeNs: 5n, cpu: 0, socketFamily: 17 };
  deepEqual(decoded(JSON.stringify({ ...base, kind: "deliver", reason: "TAP" })), look);
  deepEqual(decoded(withReason("deliver", "TAP")), look);
});

Deno.test("[E1] a kernel's own reason stays, also one that reads like such a word", () => {
  const drop = { kind: "drop", timeNs: 5n, cpu: 0, reason: "TAP" };
  deepEqual(decoded(withReason("drop", "TAP")), drop);
  const odd = { ...base, timeNs: 5n, reason: "ICMP_DEPRECATED" };
  deepEqual(decoded(withReason("icmp-error", "ICMP_DEPRECATED")), odd);
});
