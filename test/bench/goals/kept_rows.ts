/** What an update, a final report and memory come to by what is kept. */
import { kept, type KeptFigures } from "../live/kept.ts";
import { figureOf, ratioOf, type Row } from "./figures.ts";

const GOAL_MIB: Record<number, string> = { 300_000: "300 MB", 1_000_000: "400 MB" };

/** The rows of one ingest after the other, each with so many events kept. */
export async function keptRows(sizes: readonly number[]): Promise<Row[]> {
  const rows: Row[] = [];
  const all: [number, KeptFigures][] = [];
  for (const events of sizes) {
    const figures = await kept(events);
    all.push([events, figures]);
    const at = `${events.toLocaleString("en")} kept: `;
    const one = (what: string, value: number, unit: string, goal?: string) =>
      rows.push({ what: at + what, figure: figureOf([value]), unit, ...(goal && { goal }) });
    one("CPU of taking an event, over HTTP", figures.intakeUs, "µs");
    one("CPU of that in the thread that answers", figures.answeringUs, "µs");
    one("memory, without a report", figures.keptMiB, "MiB");
    one("memory at most, with reports and a viewer", figures.peakMiB, "MiB", GOAL_MIB[events]);
    one("first report", figures.firstReportMs, "ms");
    rows.push({
      what: `${at}a drop to its cause on the live stream, nothing else coming`,
      figure: figureOf(figures.updateMs),
      unit: "ms",
    }, {
      what: `${at}CPU of that`,
      figure: figureOf(figures.updateCpuMs),
      unit: "ms",
    });
    one(
      "close to the final report",
      figures.closedMs,
      "ms",
      events === 300_000 ? "2,000 ms" : undefined,
    );
    one("CPU of that, where a viewer had reports made", figures.closedCpuMs, "ms");
    one(
      "CPU of that against a first report, which is what it costs where nobody watched",
      figures.closedCpuMs / figures.firstReportCpuMs,
      "x",
    );
    one("CPU of the first report", figures.firstReportCpuMs, "ms");
    one(
      "CPU of the first report against taking its events",
      figures.firstReportCpuMs * 1000 / (figures.intakeUs * events),
      "x",
    );
  }
  const [[few, first], [many, last]] = [all[0]!, all.at(-1)!];
  if (few !== many) {
    const of = `an update with ${many.toLocaleString("en")} kept against ${
      few.toLocaleString("en")
    }`;
    rows.push({
      what: of,
      figure: ratioOf(last.updateMs, [figureOf(first.updateMs).median]),
      unit: "x",
      goal: "<= 1.5",
    }, {
      what: `${of}, CPU`,
      figure: ratioOf(last.updateCpuMs, [figureOf(first.updateCpuMs).median]),
      unit: "x",
    });
  }
  return rows;
}
