/**
 * What an answer costs by what is kept, and what others notice meanwhile. `deno task bench`, or
 * `deno task bench:kept [--kept 10000,300000,1000000] [--busy 300000:50000,1000000:20000]
 * [--seconds 20]`: events kept, and of those that are busy the events a second that come.
 */
import { parseArgs } from "node:util";
import { busy, kept, type KeptFigures } from "./live/kept.ts";

const { values } = parseArgs({
  options: {
    kept: { type: "string", default: "10000,300000,1000000" },
    busy: { type: "string", default: "300000:50000,1000000:20000" },
    seconds: { type: "string", default: "20" },
  },
});
const listOf = (text: string) => text.split(",").filter((word) => word !== "");
const ms = (value: number) => Math.round(value).toLocaleString("en");

let first: KeptFigures | undefined;
for (const events of listOf(values.kept).map(Number)) {
  const figures = await kept(events);
  first ??= figures;
  const { median, least, most } = figures.updateMs;
  console.log(
    `${events.toLocaleString("en")} kept: update ${ms(median)} ms (${ms(least)} to ${ms(most)}), ` +
      `${(median / first.updateMs.median).toFixed(1)} of the first; first report ` +
      `${ms(figures.firstReportMs)} ms, ${figures.reportMiB.toFixed(1)} MiB; closed to final ` +
      `report ${ms(figures.closedMs)} ms; memory ${ms(figures.keptMiB)} MiB kept, ` +
      `${ms(figures.peakMiB)} MiB at most`,
  );
}

const seconds = Number(values.seconds);
for (const [events, rate] of listOf(values.busy).map((word) => word.split(":").map(Number))) {
  const figures = await busy({ events: events!, rate: rate!, seconds });
  const { eventsPerSecond, healthzMs, reports, dropMs } = figures;
  console.log(
    `${events!.toLocaleString("en")} kept, ${rate!.toLocaleString("en")}/s sent, ` +
      `${ms(eventsPerSecond)}/s taken, ${reports} reports in ${seconds} s: /healthz p50 ` +
      `${healthzMs.p50.toFixed(1)} ms, p99 ${healthzMs.p99.toFixed(1)}, most ` +
      `${ms(healthzMs.most)}; drop to cause on the stream p50 ${ms(dropMs.p50)} ms, p99 ` +
      `${ms(dropMs.p99)} of ${dropMs.count}`,
  );
}
