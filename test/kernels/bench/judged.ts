/** What the analysis says of a run's archive, and whether it is the truth. */
import { analyse } from "../../../src/analysis/mod.ts";
import type { Batch } from "../../../src/analysis/view/input.ts";
import { decodeLine } from "../../../src/event/codec.ts";
import type { Flow, Report } from "../../../src/event/report.ts";
import { exchangesText, reportText } from "../../spec/form/report_text.ts";
import type { Case } from "./runs.ts";

/** The batches of an archive that a probe wrote, and the filter of its incident. */
export async function readArchive(path: string): Promise<{ batches: Batch[]; filter: string }> {
  const file = await Deno.open(path);
  const stream = file.readable.pipeThrough(new DecompressionStream("gzip"));
  const [head = "", ...lines] = (await new Response(stream).text()).trimEnd().split("\n");
  const batches: Batch[] = [];
  for (const text of lines) {
    const line = decodeLine(text);
    if (line.type === "header") {
      batches.push({ header: line.header, events: [], states: [], refused: 0 });
    } else if (line.type === "cluster") {
      (batches.at(-1)!.cluster ??= []).push(line.cluster);
    } else if (line.type === "event") batches.at(-1)!.events.push(line.event);
    else if (line.type === "state") batches.at(-1)!.states.push(line.state);
  }
  return { batches, filter: JSON.parse(head).filter };
}

/** The report of an archive that a guest wrote; with `asFiltered` by the filter of its incident, too. */
export async function reportOf(path: string, asFiltered = false): Promise<Report> {
  const { batches, filter: own } = await readArchive(path);
  const filter = asFiltered ? own : "";
  return analyse({ incident: "kernels", filter, closed: true, evicted: 0, batches });
}

/** The report in the form of a spec. */
export const textOf = (report: Report): string =>
  ["-- report --", ...reportText(report), "-- exchanges --", ...exchangesText(report), ""].join(
    "\n",
  );

/**
 * What is wrong in the report of a run; null when it tells the truth. With the fault its worst flow
 * or exchange has the outcome and the cause that the case names; no other cause is given anywhere.
 * Without it every packet is delivered, and nothing is accused.
 */
export function wrongIn(
  report: Report,
  one: Case,
  isHealthy: boolean,
  kernel: string,
): string | null {
  const fault = one.faultOn[kernel] ?? one.fault;
  const said = [...report.flows, ...report.exchanges].map((one) =>
    one.cause === undefined ? outcomeOf(one) : `${one.outcome} ${one.cause.code}`
  );
  if (said.length === 0) return "nothing was seen";
  if (!isHealthy) {
    const [outcome = "", code] = fault.split(" ");
    const besides = one.besides?.split(", ") ?? [];
    const strays = said.filter((said) =>
      said.includes(" ") && !said.endsWith(` ${code}`) && !besides.includes(said)
    );
    if (!said.includes(fault)) return `it says ${said.join(", ")}; the truth is ${fault}`;
    if (strays.length > 0) return `it says ${strays.join(", ")} besides`;
    // A packet that dies in no named place is a loss of its own, whatever its flow is said to be.
    const vanished = report.flows.reduce((sum, { packets }) => sum + packets.vanished, 0);
    if (vanished > 0 && outcome !== "vanished") return `it says ${vanished} vanished besides`;
    return outcome === "" ? "the case names no outcome" : null;
  }
  const deaf = unwatchedIn(report);
  if (deaf !== null) return deaf;
  // Where events were lost less may be known. A loss or a cause is never told.
  const isLossy = report.nodes.some(({ lost }) => lost > 0);
  const strays = said.filter((one) => !HEALTHY.has(one) && !(isLossy && one === "unknown"));
  if (strays.length > 0) return `it says ${strays.join(", ")} of a healthy network`;
  const isShort = ({ packets: { seen, delivered, unknown } }: Flow) =>
    delivered + (isLossy ? unknown : 0) !== seen;
  const short = report.flows.find(isShort);
  if (short === undefined) return null;
  return `of ${short.packets.seen} packets it says ${short.packets.delivered} delivered`;
}

/** Where nobody watches nothing is accused: without these a healthy twin shows nothing. */
const WATCHING: readonly string[] = ["device_rx", "device_tx", "drop", "deliver", "ready"];

/** Which node did not watch, or where bpftrace refused a script that this kernel has all for; null: none. */
function unwatchedIn({ nodes }: Report): string | null {
  for (const { name, scripts } of nodes) {
    const isAttached = (script: string) =>
      scripts.some((one) => one.name === script && one.state === "attached");
    const missing = WATCHING.find((script) => !isAttached(script));
    if (missing !== undefined) return `${missing} was not attached on ${name}`;
    const refused = scripts.find(({ why }) => why?.startsWith("bpftrace refused"));
    if (refused !== undefined) return `${refused.name} was refused on ${name}: ${refused.why}`;
  }
  return null;
}

/** An emulated ovs-vswitchd holds a first packet for half a second: slow, and rightly said to be so. */
const outcomeOf = (one: Report["flows"][number] | Report["exchanges"][number]) =>
  one.outcome === "slow" && /: ovs-vswitchd had it, /.test(one.sentence) ? "answered" : one.outcome;

const HEALTHY = new Set<string>(["delivered", "answered"]);
