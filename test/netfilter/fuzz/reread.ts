/** What an archive would have told had its rules no counters, as nft's need not have. */
import { analyse } from "../../../src/analysis/mod.ts";
import type { Batch } from "../../../src/analysis/view/input.ts";
import { decodeLine } from "../../../src/event/codec.ts";
import type { Flow } from "../../../src/event/report.ts";
import type { NetnsState } from "../../../src/event/state.ts";

/** Flows of the archive at `path`, from the same events and from states without counters. */
export async function flowsUncounted(path: string): Promise<Flow[]> {
  const file = await Deno.open(path);
  const stream = file.readable.pipeThrough(new DecompressionStream("gzip"));
  const [first = "{}", ...lines] = (await new Response(stream).text()).trimEnd().split("\n");
  const batches: Batch[] = [];
  for (const text of lines) {
    const line = decodeLine(text.startsWith("{") ? withoutIngest(text) : text);
    if (line.type === "header") {
      batches.push({ header: line.header, events: [], states: [], refused: 0 });
    } else if (line.type === "event") batches.at(-1)!.events.push(line.event);
    else batches.at(-1)!.states.push(uncounted(line.state));
  }
  const { incident, filter } = JSON.parse(first);
  return analyse({ incident, filter, closed: true, evicted: 0, batches }).flows;
}

/** The ingest adds to a header when it came. */
function withoutIngest(text: string): string {
  const { ingest: _, ...value } = JSON.parse(text);
  return JSON.stringify(value);
}

function uncounted(state: NetnsState): NetnsState {
  return {
    ...state,
    netfilter: state.netfilter.map(({ packets: _, bytes: __, ...rule }) => rule),
  };
}
