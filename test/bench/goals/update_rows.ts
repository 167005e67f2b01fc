/** What the next report costs the analysis by what is kept, and telling what is other in it. */
import { Analysis, type AnalysisInput, type Batch } from "../../../src/analysis/mod.ts";
import { ReportTeller } from "../../../src/ingest/live/spelled.ts";
import { dropOf, pings } from "../edge/pings.ts";
import { figureOf, ratioOf, type Row } from "./figures.ts";
import { batchOf } from "./ping_batch.ts";
import { cpuMsOf } from "./slope_rows.ts";

const NODES = 20;
const EVENTS_PER_FLOW = 50;
const EVENTS_PER_BATCH = 2_000;
/** So many drops one by one; the first ones are not counted. */
const DROPS = 40;
const FIRST = 10;
/** So many batches that come, and as many of which the events are thrown away. */
const BATCHES = 8;

/** Processor times of one incident, ms; those of events µs each. */
interface Updates {
  drop: number[];
  told: number[];
  more: number[];
  less: number[];
}

/** The rows of incidents with so many events, and the last against the first. */
export function updateRows(sizes: readonly number[]): Row[] {
  // The first incident of a process pays for code that is not compiled yet.
  updatesOf(sizes[0]!);
  const all = sizes.map((events) => ({ events, figures: updatesOf(events) }));
  const rows = all.flatMap(({ events, figures: { drop, told, more, less } }): Row[] => {
    const at = `${events.toLocaleString("en")} kept: `;
    return [
      { what: `${at}the report after one drop more`, figure: figureOf(drop), unit: "ms" },
      { what: `${at}telling what is other in it`, figure: figureOf(told), unit: "ms" },
      { what: `${at}an event more, of a flow that is known`, figure: figureOf(more), unit: "µs" },
      { what: `${at}an event that is thrown away`, figure: figureOf(less), unit: "µs" },
    ];
  });
  const [first, last] = [all[0]!, all.at(-1)!];
  if (first === last) return rows;
  const [many, few] = [last, first].map(({ events }) => events.toLocaleString("en"));
  const of = (what: "drop" | "told") =>
    ratioOf(last.figures[what], [figureOf(first.figures[what]).median]);
  const what = `with ${many} kept against ${few}: `;
  return [
    ...rows,
    {
      what: `${what}the report after one drop more`,
      figure: of("drop"),
      unit: "x",
      goal: "<= 1.5",
    },
    { what: `${what}telling what is other in it`, figure: of("told"), unit: "x" },
  ];
}

function updatesOf(events: number): Updates {
  const shape = { incident: "bench", nodes: NODES, flows: Math.ceil(events / EVENTS_PER_FLOW) };
  const coming = pings({
    ...shape,
    events: events + 2 * BATCHES * EVENTS_PER_BATCH,
    eventsPerBatch: EVENTS_PER_BATCH,
  });
  const next = (): Batch => {
    const { header, ...batch } = batchOf(coming.next().value!);
    return { ...batch, header: { ...header, eventLines: batch.events.length } };
  };
  const given: Batch[] = [];
  while (given.length * EVENTS_PER_BATCH < events) given.push(next());
  const analysis = new Analysis();
  const teller = new ReportTeller();
  // More were thrown away before, so that it is told already that some were.
  let evicted = 1;
  const inputOf = (): AnalysisInput => ({
    ...{ incident: "bench", filter: "", closed: false, evicted },
    batches: [...given],
  });
  const report = () => {
    const input = inputOf();
    let made;
    const ms = cpuMsOf(() => made = analysis.report(input));
    return { ms, toldMs: cpuMsOf(() => teller.next(made!)) };
  };
  report();
  const figures: Updates = { drop: [], told: [], more: [], less: [] };
  for (let i = 0; i < DROPS; i++) {
    given.push(batchOf(dropOf("bench", 0, 1_000_000 + i, 1_000_000 + i)));
    const { ms, toldMs } = report();
    if (i < FIRST) continue;
    figures.drop.push(ms);
    figures.told.push(toldMs);
  }
  for (let i = 0; i < BATCHES; i++) {
    given.push(next());
    figures.more.push(report().ms * 1000 / EVENTS_PER_BATCH);
    const { length } = given[i]!.events;
    evicted += length;
    given[i] = { ...given[i]!, events: [] };
    figures.less.push(report().ms * 1000 / length);
  }
  return figures;
}
