/** The labs of the published incidents as cases: `lasthop lab` builds them, not a script. */
import { listIncidents } from "../../../src/lab/mod.ts";
import type { Case } from "./runs.ts";

/** What must be said of each with its fault, as in a case's comment. */
const FAULTS: Readonly<Record<string, string>> = {
  "I1": "dropped destination-mac-mismatch",
  "I2": "unknown left-observed-network",
  "I2-inside": "dropped netfilter-drop",
  "I3": "vanished tunnel-endpoint-unreachable",
  "I4": "dropped ip-forwarding-disabled",
  "I1-ovs": "dropped destination-mac-mismatch",
  "I2-ovs": "unknown left-observed-network",
  "I2-inside-ovs": "dropped openvswitch-drop",
};

/** One for each incident that a lab can show. Throws Error for one of which nothing is known here. */
export function labCases(): Case[] {
  return listIncidents().map(({ id, title }) => {
    const fault = FAULTS[id];
    if (fault === undefined) throw new Error(`Cannot judge lab "${id}": its fault is not known`);
    return {
      name: `lab-${id.toLowerCase()}`,
      truth: `\`lasthop lab run ${id}\`: ${title}.`,
      fault,
      ...{ faultOn: {}, without: {}, nodes: {}, far: [], wire: "plain" as const },
      lab: id,
    };
  });
}
