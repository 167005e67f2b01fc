/** Paths on stderr while a trace runs, each when it is known how it ended. */
import type { Flow } from "../../event/report.ts";
import type { IngestClient } from "../../ingest/client/client.ts";
import { renderFlow, terminalOptions } from "../render/mod.ts";

/** Count of paths that are printed at most; the report has all of them. */
const PATHS_MAX = 40;

/** Paths that are being printed. */
export interface LivePaths {
  stop(): Promise<void>;
}

/**
 * Follows an incident and prints each path on stderr when its outcome is known. When the stream
 * breaks it says so and prints no more.
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
  const printer = createPathPrinter((text) => console.error(text));
  for await (const live of client.live(incident, { signal, retryMs: [] })) {
    if (live.event === "report") { for (const flow of live.data.flows) printer(flow); }
    if (live.event === "flow") printer(live.data.flow);
  }
}

/** A printer that prints a flow once for each outcome it has, and nothing while it is in flight. */
export function createPathPrinter(print: (text: string) => void): (flow: Flow) => void {
  const printed = new Map<string, string>();
  let count = 0;
  return (flow) => {
    if (flow.outcome === "in-flight" || printed.get(flow.id) === flow.outcome) return;
    if (count > PATHS_MAX) return;
    printed.set(flow.id, flow.outcome);
    count += 1;
    const colour = Deno.stderr.isTerminal() && terminalOptions().colour;
    if (count <= PATHS_MAX) print(renderFlow(flow, { ...terminalOptions(), colour }));
    else print("lasthop: more paths than are shown here: the report has all of them");
  };
}
