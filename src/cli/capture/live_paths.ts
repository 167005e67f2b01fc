/** What a running trace finds, on stderr: each problem once with one path, each kind of flow once. */
import type { Report } from "../../event/report.ts";
import { type IngestClient, LiveReport } from "../../ingest/mod.ts";
import { paced } from "../watch/paced.ts";
import { lookOf, type RenderOptions, terminalOptions } from "../render/mod.ts";
import { rowsOf, type Whole } from "../render/rows.ts";
import { Succession } from "../render/succession.ts";
import { LightReport } from "./light_report.ts";
import type { LocalReports } from "./local_ingest.ts";

/** Count of paths that are printed at most; the report has all of them. */
const PATHS_MAX = 40;

/** A report, and how what it has of a conversation is made whole. */
export interface Told {
  readonly report: Report;
  whole?: Whole;
}

/** Prints what is new. */
export interface Printer {
  /** False: nothing more is printed, whatever comes. */
  tell(told: Told): boolean;
}

/** Paths that are being printed. */
export interface LivePaths {
  stop(): Promise<void>;
}

/** Tells of a report each time it is another one, until it is told to end. */
export type Follow = (take: (told: Told) => void, signal: AbortSignal) => Promise<void>;

/**
 * Follows an incident and prints on stderr what is new in it. When the stream breaks it says so and
 * prints no more. It follows no further than to the last path that is printed.
 */
export function printLivePaths(follow: Follow): LivePaths {
  const leave = new AbortController();
  const done = print(follow, leave).catch((error) => {
    console.error(`lasthop: no live paths: ${error instanceof Error ? error.message : error}`);
  });
  return {
    stop() {
      leave.abort();
      return done;
    },
  };
}

async function print(follow: Follow, leave: AbortController): Promise<void> {
  const colour = Deno.stderr.isTerminal() && terminalOptions().colour;
  const look = () => ({ ...terminalOptions(), colour });
  const printer = createPrinter((text) => console.error(text), look);
  let told: Told | null = null;
  const printing = paced(() => {
    if (told !== null && !printer.tell(told)) leave.abort();
  });
  try {
    await follow((now) => {
      told = now;
      printing.call();
    }, leave.signal);
  } finally {
    printing.flush();
  }
}

/** Follows an incident of any ingest. */
export async function followThere(
  client: IngestClient,
  incident: string,
  take: (told: Told) => void,
  signal: AbortSignal,
): Promise<void> {
  const report = new LiveReport();
  const told: Told = {
    get report() {
      return report.report!;
    },
  };
  for await (const live of client.live(incident, { signal, retryMs: [], differences: true })) {
    report.take(live);
    // What changed is told piece by piece, and a summary is the last of them.
    if (["report", "summary"].includes(live.event) && report.report !== null) take(told);
  }
}

/** Follows an incident of an ingest of this process: no text of it is made, and one flow at a time is whole. */
export async function followHere(
  reports: LocalReports,
  incident: string,
  take: (told: Told) => void,
  signal: AbortSignal,
): Promise<void> {
  const light = new LightReport();
  const leave = await reports.follow(incident, (computed) => {
    light.take(computed);
    take(light);
  });
  if (leave === null) return;
  await new Promise<void>((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
  leave();
}

/**
 * A printer of what is new in a report: a problem with its path when it begins, in three lines when it
 * begins again or is healed, and of what is well and alike the first. What is in flight may be anything
 * yet, and waits.
 */
export function createPrinter(
  print: (text: string) => void,
  options: () => RenderOptions,
): Printer {
  const told = new Map<string, string>();
  const succession = new Succession();
  let count = 0;
  return {
    tell({ report, whole }) {
      const rows = rowsOf(report, whole);
      const ids = new Set(rows.map(({ id }) => id));
      for (const row of rows) {
        const { id, state, isOpen, first, lines } = row;
        const before = told.get(id);
        if (isOpen || before === state || count > PATHS_MAX) continue;
        told.set(id, state);
        count += 1;
        if (count > PATHS_MAX) {
          print("lasthop: more than is shown here: the report has all of it");
          continue;
        }
        const look = lookOf(options());
        const replaced = succession.print(row, ids, options());
        print([
          ...replaced === null
            ? []
            : look.lines(`told anew, with what came since, instead of: ${replaced}`, 2, "dim"),
          ...before === undefined ? first(options()) : lines(look),
        ].join("\n"));
      }
      return count <= PATHS_MAX;
    },
  };
}
