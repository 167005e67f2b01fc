/** A drop's way to the live stream by a clock of processor time, while more comes than is judged. */
import { quantile } from "../edge/usage.ts";
import { streamed } from "../live/streamed.ts";
import { figureOf, type Row } from "./figures.ts";

const LOAD = { events: 1_000_000, flows: 20_000, comingFlows: 2_000, rate: 20_000, seconds: 20 };

/** Of a viewer that asked for differences of lists, as the page does. */
export async function streamedRows(): Promise<Row[]> {
  const { dropsMs, reportsMs, ...told } = await streamed({ ...LOAD, isBrief: true });
  const { events, rate } = LOAD;
  const at = `${events.toLocaleString("en")} kept, ${rate.toLocaleString("en")}/s: `;
  const row = (what: string, values: readonly number[], unit: string) => ({
    ...{ what: at + what, figure: figureOf(values), unit },
  });
  return [
    row("a drop to the bytes of the live stream", dropsMs, "CPU ms"),
    row("the same, p90", [quantile(dropsMs, 0.9)], "CPU ms"),
    row("the same, p99", [quantile(dropsMs, 0.99)], "CPU ms"),
    row("a live report", reportsMs, "CPU ms"),
    row("flows told, a second of processor time", [told.toldPerSecond], ""),
    row("changes told as a whole report", [told.wholes], ""),
    row("sent to a viewer, a second of processor time", [told.bytesPerSecond / 1000], "kB"),
  ];
}
