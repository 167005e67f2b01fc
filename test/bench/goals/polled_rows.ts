/** The live view, and reports that are asked for, while more comes than is judged. */
import { polled } from "../live/polled.ts";
import { quantile } from "../edge/usage.ts";
import { figureOf, type Row } from "./figures.ts";

const LOAD = { events: 300_000, rate: 20_000, seconds: 20 };

/** So many that nearly all of them wait in the end. */
const MANY_FLOWS = 20_000;

/** With somebody who asks for the report each second, and with nobody; and of many more flows. */
export async function polledRows(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [flows, isAsked] of [[2_000, true], [2_000, false], [MANY_FLOWS, false]] as const) {
    const { gapsMs, dropsMs, askedMs, lastMs } = await polled({ ...LOAD, flows, isAsked });
    const { events, rate } = LOAD;
    const at = `${events.toLocaleString("en")} kept, ${rate.toLocaleString("en")}/s of ${
      flows.toLocaleString("en")
    } flows, ${isAsked ? "polled" : "not polled"}: `;
    const row = (what: string, values: readonly number[]) => ({
      ...{ what: at + what, figure: figureOf(values), unit: "CPU ms" },
    });
    rows.push(
      row("a drop to the live view", dropsMs),
      row("the same, p90", [quantile(dropsMs, 0.9)]),
      row("between two live reports", gapsMs),
      ...(isAsked ? [row("a report that is asked for", askedMs)] : []),
      row("from the close to the last report", [lastMs]),
    );
  }
  return rows;
}
