/** The last report where nobody watched: with what came analysed ahead, against a first report. */
import { pings } from "../edge/pings.ts";
import { usageOf } from "../edge/usage.ts";
import { postAtRate } from "../live/busy.ts";
import { ask, INCIDENT, NODES, report, start } from "../live/kept.ts";
import { figureOf, ratioOf, type Row } from "./figures.ts";

const EVENTS = 75_000;
const RATE = 2_500;
const EVENTS_PER_FLOW = 15;
const REPETITIONS = 2;

/** Of the ingest, ms. */
interface Last {
  /** From the close to the report. */
  ms: number;
  cpuMs: number;
  /** All processor time since it began. */
  totalCpuMs: number;
}

/** The last report from nothing and ahead, by turns. */
export async function unwatchedRows(): Promise<Row[]> {
  const [late, ahead]: [Last[], Last[]] = [[], []];
  for (let i = 0; i < REPETITIONS; i++) {
    late.push(await lastReport());
    ahead.push(await lastReport("ahead"));
  }
  const of = (all: readonly Last[], what: keyof Last) => all.map((one) => one[what]);
  const at = `${EVENTS.toLocaleString("en")} events at ${RATE.toLocaleString("en")}/s, unwatched: `;
  const against = (what: keyof Last) => ratioOf(of(ahead, what), [figureOf(of(late, what)).median]);
  return [
    { what: `${at}close to the last report`, figure: figureOf(of(ahead, "ms")), unit: "ms" },
    { what: `${at}the same from nothing`, figure: figureOf(of(late, "ms")), unit: "ms" },
    { what: `${at}CPU of it, against from nothing`, figure: against("cpuMs"), unit: "x" },
    { what: `${at}CPU of all, against from nothing`, figure: against("totalCpuMs"), unit: "x" },
  ];
}

async function lastReport(...how: string[]): Promise<Last> {
  const server = await start(EVENTS, ...how);
  try {
    await ask(server, "/v1/incidents", "POST");
    const flows = EVENTS / EVENTS_PER_FLOW;
    const shape = { incident: INCIDENT, nodes: NODES, flows, events: EVENTS };
    await postAtRate(server, [...pings({ ...shape, eventsPerBatch: RATE / NODES })], RATE);
    const { cpuMs } = await usageOf(server.pid);
    const from = performance.now();
    await ask(server, `/v1/incidents/${INCIDENT}/close`, "POST");
    await report(server);
    const ms = performance.now() - from;
    const { cpuMs: totalCpuMs } = await usageOf(server.pid);
    return { ms, cpuMs: totalCpuMs - cpuMs, totalCpuMs };
  } finally {
    await server.stop();
  }
}
