/** What others notice while events come. */
import { busy, type BusyFigures } from "../live/busy.ts";
import { figureOf, type Row } from "./figures.ts";

/** So many times the same. */
const RUNS = 2;

/** How it is asked for: events kept, and the events a second that come. */
export interface Load {
  events: number;
  rate: number;
  seconds: number;
  /** Somebody asks for the report each second. */
  isAsked: boolean;
}

/** The rows of one load. `goals` says which of them are the issue's. */
export async function busyRows(
  load: Load,
  goals: { healthz?: string; drop?: string } = {},
): Promise<Row[]> {
  const runs: BusyFigures[] = [];
  for (let run = 0; run < RUNS; run++) runs.push(await busy(load));
  const { events, rate } = load;
  const at = `${events.toLocaleString("en")} kept, ${rate.toLocaleString("en")}/s coming: `;
  const row = (what: string, unit: string, of: (run: BusyFigures) => number, goal?: string) => ({
    what: at + what,
    figure: figureOf(runs.map(of)),
    unit,
    ...(goal && { goal }),
  });
  return [
    row("events a second taken", "/s", (run) => run.eventsPerSecond),
    row("reports asked for and given", "", (run) => run.reportMs.count),
    row("a report that is asked for, p50", "ms", (run) => run.reportMs.p50),
    row("a report that is asked for, at most", "ms", (run) => run.reportMs.max),
    row("/healthz p99 before anything comes", "ms", (run) => run.quietHealthzMs.p99),
    row("/healthz p50", "ms", (run) => run.healthzMs.p50),
    row("/healthz p99", "ms", (run) => run.healthzMs.p99, goals.healthz),
    row("/healthz p99 against before", "x", (run) => run.healthzMs.p99 / run.quietHealthzMs.p99),
    row("CPU of the thread that answers, an event, all included", "µs", (run) => run.answeringUs),
    row(
      "of one processor, what that thread takes at this rate",
      "",
      (run) => run.answeringUs * rate / 1e6,
    ),
    row("drop to cause on the stream, p50", "ms", (run) => run.dropMs.p50),
    row("drop to cause on the stream, p99", "ms", (run) => run.dropMs.p99, goals.drop),
    row("drops that were waited for", "", (run) => run.dropMs.count),
  ];
}
