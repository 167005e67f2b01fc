/** Archives as the analysis is given them. */
import type { AnalysisInput, Batch } from "../../src/analysis/mod.ts";
import { decodeLine } from "../../src/event/codec.ts";

/** One recorded incident. */
export interface Recorded {
  name: string;
  input: AnalysisInput;
}

/** Every archive of a folder, by name. */
export async function loadAll(folder: string): Promise<Recorded[]> {
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name)
    .filter((name) => name.endsWith(".lasthop")).sort();
  return await Promise.all(names.map((name) => load(`${folder}/${name}`, name)));
}

async function load(path: string, name: string): Promise<Recorded> {
  const bytes = new Blob([await Deno.readFile(path)]);
  const stream = bytes.stream().pipeThrough(new DecompressionStream("gzip"));
  const [first = "{}", ...lines] = (await new Response(stream).text()).trimEnd().split("\n");
  const batches: Batch[] = [];
  for (const text of lines) {
    const { ingest: _, ...value } = text.startsWith("{") ? JSON.parse(text) : { ingest: 0 };
    const line = decodeLine(text.startsWith("{") ? JSON.stringify(value) : text);
    if (line.type === "header") {
      const { eventLines: _count, ...header } = line.header;
      // All nodes of the lab are parts of one kernel. Archives of before probes told so lack it.
      batches.push({ header: { boot: "lab", ...header }, events: [], states: [], refused: 0 });
    } else if (line.type === "event") batches.at(-1)!.events.push(line.event);
    else if (line.type === "state") batches.at(-1)!.states.push(line.state);
  }
  const { filter = "" } = JSON.parse(first);
  return {
    name: name.replace(/\.lasthop$/, ""),
    input: { incident: "m", batches, filter, closed: true, evicted: 0 },
  };
}
