/** What the bench takes for a healthy run. */
import { equal } from "node:assert/strict";
import type { Report } from "../../../src/event/report.ts";
import { wrongIn } from "./judged.ts";
import { caseOf } from "./runs.ts";

const CASE = caseOf("ping", "# The far end is gone.\n# nodes: a b\n# fault: dropped link-down\n");
const ALL = ["device_rx", "device_tx", "drop", "deliver", "consume", "ready"];

/** A report in which all is well, seen by these scripts. */
function healthy(scripts: Report["nodes"][number]["scripts"]): Report {
  const packets = { seen: 1, delivered: 1, dropped: 0, vanished: 0, unknown: 0 };
  const report = {
    flows: [{ outcome: "delivered", packets }],
    exchanges: [{ outcome: "answered" }],
    nodes: [{ name: "a", lost: 0, scripts }],
  };
  return report as unknown as Report;
}

const attached = ALL.map((name) => ({ name, state: "attached" as const }));

/** All scripts but one, with why that one is not there. */
const without = (name: string, why: string) =>
  attached.map((one) => one.name === name ? { name, state: "unavailable" as const, why } : one);

const verdict = (report: Report) => wrongIn(report, CASE, true, "6.12");

Deno.test("a healthy twin in which nobody watched shows nothing, however well all looks", () => {
  equal(verdict(healthy(attached)), null);
  equal(verdict(healthy(without("drop", "x"))), "drop was not attached on a");
  equal(verdict(healthy([])), "device_rx was not attached on a");
  const refused = "bpftrace refused it: stack limit";
  equal(verdict(healthy(without("consume", refused))), `consume was refused on a: ${refused}`);
  const lacking = "skb:consume_skb of this kernel tells no function, as those before 6.3";
  equal(verdict(healthy(without("consume", lacking))), null, "a kernel may lack what one needs");
});
