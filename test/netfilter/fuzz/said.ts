/** What lasthop says of each packet of an archive. */
import { isNetfilterDrop } from "../../../src/analysis/kernel/netfilter.ts";
import { caseOf } from "../../../src/analysis/rules/case.ts";
import { causeOf } from "../../../src/analysis/rules/mod.ts";
import { IncidentMemory } from "../../../src/analysis/verdict/incident.ts";
import type { Judgement } from "../../../src/analysis/verdict/judgement.ts";
import type { Batch } from "../../../src/analysis/view/input.ts";
import type { Sighting } from "../../../src/analysis/view/timeline.ts";
import { decodeLine } from "../../../src/event/codec.ts";
import type { Cause } from "../../../src/event/report.ts";
import type { NetnsState } from "../../../src/event/state.ts";
import { HOPS } from "./wire.ts";

/** The end of a packet that was dropped. */
export interface Said {
  cause: Cause | null;
  /** Why the kernel freed it, in its own words. */
  freed: string;
}

/** By node and the packet's length, which no other packet of a round has. */
export type AllSaid = ReadonlyMap<string, Said>;

export const saidKey = (node: string, length: number): string => `${node} ${length}`;

/** Of the archive at `path`; with `counted` false as if its rules had no counters, as nft's need not. */
export async function saidOf(path: string, counted: boolean): Promise<AllSaid> {
  const batches = await batchesOf(path, counted ? (state) => state : uncounted);
  const { world: newWorld, families, evidence } = new IncidentMemory().judge({
    ...{ incident: "fuzz", filter: "", closed: true, evicted: 0, batches },
  });
  const world = newWorld();
  const judgements = [...families].flatMap(({ judgements }) => judgements);
  const out = new Map<string, Said>();
  for (const judgement of judgements) {
    const { event } = judgement.end.step;
    if (event.kind !== "drop" || event.ipLength === undefined) continue;
    if (event.ttl !== HOPS && event.ttl !== HOPS - 1) continue;
    const cause = causeOf(caseOf(judgement, world, evidence));
    const freed = `${event.reason} in ${event.function}`;
    out.set(saidKey(event.node.name, event.ipLength), { cause, freed });
  }
  // Errors of ICMP are evidence of other packets, and never judged. Rules are asked all the same.
  for (const event of evidence.all) {
    if (!isNetfilterDrop(event) || event.ipLength === undefined) continue;
    if (event.ttl !== HOPS && event.ttl !== HOPS - 1) continue;
    const cause = causeOf(caseOf(endOf(event, evidence.all), world, evidence));
    const freed = `${event.reason} in ${event.function}`;
    out.set(saidKey(event.node.name, event.ipLength), { cause, freed });
  }
  return out;
}

/** As if the packet that died there had been followed. */
function endOf(event: Sighting, evidence: readonly Sighting[]): Judgement {
  const steps = evidence.filter((other) =>
    other.node === event.node && other.skb === event.skb && other.ipLength === event.ipLength &&
    other.at <= event.at
  ).sort((a, b) => a.at - b.at).map((each) => ({ event: each, chain: null!, previous: null }));
  const end = { kind: "dropped" as const, step: steps.at(-1)!, atDestination: false };
  return { packet: null!, outcome: "dropped", end, steps, revisedBy: [] };
}

/** Runs of the scripts that the kernel left out while it was recorded: where a packet died is less known then (S14). */
export async function leftOutOf(path: string): Promise<number> {
  const last = new Map<string, Batch>();
  for (const batch of await batchesOf(path, (state) => state)) {
    last.set(batch.header.node, batch);
  }
  const stretches = [...last.values()].flatMap(({ header }) => header.missed ?? []);
  return stretches.reduce((sum, { count }) => sum + count, 0);
}

async function batchesOf(path: string, change: (state: NetnsState) => NetnsState) {
  const file = await Deno.open(path);
  const stream = file.readable.pipeThrough(new DecompressionStream("gzip"));
  const [, ...lines] = (await new Response(stream).text()).trimEnd().split("\n");
  const batches: Batch[] = [];
  for (const text of lines) {
    const line = decodeLine(text.startsWith("{") ? withoutIngest(text) : text);
    if (line.type === "header") {
      batches.push({ header: line.header, events: [], states: [], refused: 0 });
    } else if (line.type === "event") batches.at(-1)!.events.push(line.event);
    else if (line.type === "state") batches.at(-1)!.states.push(change(line.state));
  }
  return batches;
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
