/** What a running trace finds, on stderr: each problem once with one path, each kind of flow once. */
import type { Report } from "../../event/report.ts";
import { type IngestClient, LiveReport } from "../../ingest/mod.ts";
import { paced } from "../watch/paced.ts";
import { lookOf, type RenderOptions, terminalOptions } from "../render/mod.ts";
import { rowsOf } from "../render/rows.ts";

/** Count of paths that are printed at most; the report has all of them. */
const PATHS_MAX = 40;

/** Paths that are being printed. */
export interface LivePaths {
  stop(): Promise<void>;
}

/**
 * Follows an incident and prints on stderr what is new in it. When the stream breaks it says so and
 * prints no more.
 */
export function printLivePaths(client: IngestClient, incident: string): LivePaths {
  const leave = new AbortController();
  const done = follow(client, incident, leave.signal).catch((error) => {
    console.error(`lasthop: no live paths: ${error instanceof Error ? error.message : error}`);
  });
  return {
    stop() {
      leave.abort();
      return done;
    },
  };
}

async function follow(client: IngestClient, incident: string, signal: AbortSignal) {
  const colour = Deno.stderr.isTerminal() && terminalOptions().colour;
  const look = () => ({ ...terminalOptions(), colour });
  const print = createPrinter((text) => console.error(text), look);
  const told = new LiveReport();
  const printing = paced(() => told.report !== null && print(told.report));
  const options = { signal, retryMs: [], differences: true };
  try {
    for await (const live of client.live(incident, options)) {
      told.take(live);
      // What changed is told piece by piece, and a summary is the last of them.
      if (["report", "summary"].includes(live.event)) printing.call();
    }
  } finally {
    printing.flush();
  }
}

/**
 * A printer of what is new in a report: a problem with its path when it begins, in three lines when it
 * begins again or is healed, and of what is well and alike the first. What is in flight may be anything
 * yet, and waits.
 */
export function createPrinter(
  print: (text: string) => void,
  options: () => RenderOptions,
): (report: Report) => void {
  const told = new Map<string, string>();
  let count = 0;
  return (report) => {
    for (const { id, state, isOpen, first, lines } of rowsOf(report)) {
      const before = told.get(id);
      if (isOpen || before === state || count > PATHS_MAX) continue;
      told.set(id, state);
      count += 1;
      if (count > PATHS_MAX) print("lasthop: more than is shown here: the report has all of it");
      else print((before === undefined ? first(options()) : lines(lookOf(options()))).join("\n"));
    }
  };
}
