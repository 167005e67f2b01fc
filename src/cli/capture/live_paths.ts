/** Paths on stderr while a trace runs, each when it is known how it ended. */
import type { Flow } from "../../event/report.ts";
import type { IngestClient } from "../../ingest/client/client.ts";
import { renderFlow, terminalOptions } from "../render/mod.ts";

/** A terminal is for a look; the page has the rest. */
const PATHS_MAX = 40;

export interface LivePaths {
  stop(): Promise<void>;
}

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

/** Prints a flow once for each outcome it comes to; what is under way may still come to any. */
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
