/** lasthop as a user starts it: a process for each filter, told by a signal to report. */
import type { Report } from "../../../src/event/report.ts";
import { startLasthop } from "../../fake/lasthop.ts";
import type { Ask, Place } from "./case.ts";

/** What one trace said. */
export interface Traced {
  ask: Ask;
  report: Report;
  /** The archive's path. */
  archive: string;
}

/** Longer than any case takes: a trace whose case has failed ends by itself. */
const FOR_SECONDS = 120;

/**
 * Runs the traffic under one trace for each filter, all at once. Archives go into `folder`. Throws
 * when a trace ends early or gives no report.
 */
export async function traceAll(
  place: Place,
  asks: readonly Ask[],
  folder: string,
  traffic: () => Promise<string>,
  holdMs = 0,
): Promise<{ traced: Traced[]; said: string }> {
  const nodes = Object.entries(place.nodes).flatMap(([name, spaces]) => [
    "--node",
    `${name}=${spaces.map((each) => each.name).join(",")}`,
  ]);
  const begun = await Promise.all(asks.map(async (ask) => {
    const archive = `${folder}/${ask.name.replaceAll(" ", "-")}.lasthop`;
    const options = ["--json", "--no-listen", "--for", `${FOR_SECONDS}`, "--archive", archive];
    const running = await startLasthop(["trace", ...options, ...nodes, ask.filter], { bare: true });
    return { ask, archive, running };
  }));
  try {
    await Promise.all(begun.map(({ running }) => running.ready()));
    const said = await traffic();
    if (holdMs > 0) await goOn(begun.map(({ running }) => running.ended), holdMs);
    const traced: Traced[] = [];
    for (const { ask, archive, running } of begun) {
      const { code, stdout, stderr } = await running.end();
      if (code !== 0) {
        throw new Error(`lasthop trace "${ask.filter}" ended with ${code}: ${stderr}`);
      }
      traced.push({ ask, archive, report: JSON.parse(stdout) });
    }
    return { traced, said };
  } catch (error) {
    for (const { running } of begun) {
      try {
        Deno.kill(running.pid, "SIGKILL");
      } catch {
        // It has ended already.
      }
    }
    throw error;
  }
}

/** Traces go on for a while, as a person's do; one that ends by itself is heard at once. */
async function goOn(ended: readonly Promise<unknown>[], durationMs: number): Promise<void> {
  const over = Promise.withResolvers<void>();
  const timer = setTimeout(over.resolve, durationMs);
  await Promise.race([over.promise, ...ended]);
  clearTimeout(timer);
}
