/** One case on its way: with its fault, healed by what the report advises, and as its healthy twin. */
import { requireModules } from "../../../src/lab/modules.ts";
import { Topology } from "../../../src/lab/topology.ts";
import type { RunningServer } from "../../faults/traffic/server.ts";
import type { AnyCase, Must, Place } from "./case.ts";
import { causesOf, wordsOf } from "./exchange.ts";
import { type Complaint, isMeant, judgeFault, judgeTwin, type Mark, worst } from "./judge.ts";
import { healed } from "./remedy.ts";
import { traceAll, type Traced } from "./trace.ts";

/** What came of a case. */
export interface Result {
  one: AnyCase;
  mark: Mark;
  complaints: string[];
  /** lasthop's word on the incident, one for each ask. */
  said: string[];
  /** What the programs said, with the fault and without. */
  programs: string[];
  seconds: number;
  kernel: string;
}

/** How cases are run. */
export interface RunOptions {
  /** Of all topologies of a run: nobody else's labs have it. */
  prefix: string;
  /** Where archives go, one folder for each case. */
  folder: string;
  /** Which lab this is in the run: part of its namespaces' names. */
  number: number;
}

/** Things that are open as long as a place is up. */
const open = new WeakMap<Place, RunningServer[]>();

/** Closes them when the place is taken down. */
export function keepUp(place: Place, ...servers: RunningServer[]): void {
  open.set(place, [...open.get(place) ?? [], ...servers]);
}

/** Builds a case with its fault and without, traces both, and judges what was said. */
export async function runCase(one: AnyCase, options: RunOptions): Promise<Result> {
  const begin = performance.now();
  await requireModules(["br_netfilter"]);
  const complaints: Complaint[] = [];
  const said: string[] = [];
  const programs: string[] = [];
  let kernel = "?";
  for (const broken of [true, false]) {
    try {
      await withPlace(one, broken, options, async (place) => {
        const folder = `${options.folder}/${one.name}.${broken ? "fault" : "healthy"}`;
        await Deno.mkdir(folder, { recursive: true });
        const asks = broken ? one.asks(place) : one.asks(place).slice(0, 1);
        const traffic = () => one.traffic(place, broken);
        const result = await traceAll(place, asks, folder, traffic, one.holdMs);
        programs.push(result.said);
        const proof = broken ? one.happened : one.well;
        if (!proof.test(result.said)) {
          const what = broken ? "the incident did not happen" : "the healthy twin is not well";
          complaints.push({ mark: "invalid", text: `${what}: ${result.said}` });
          return;
        }
        kernel = result.traced[0]?.report.nodes[0]?.kernel ?? kernel;
        if (!broken) {
          complaints.push(...result.traced.flatMap(({ report }) => judgeTwin(one, report)));
          return;
        }
        for (const traced of result.traced) {
          const own = judgeFault(one, place, traced.ask.name, traced.report);
          complaints.push(...own.map((each) => named(each, traced, asks.length)));
          said.push(saying(one, place, traced));
        }
        const heal = await healed(one, place, result.traced, traffic);
        complaints.push(...heal);
      });
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      complaints.push({ mark: "invalid", text: `${broken ? "fault" : "twin"}: ${text}` });
    }
  }
  return {
    one,
    mark: worst(complaints),
    complaints: complaints.map(({ mark, text }) => `${mark}: ${text}`),
    said,
    programs,
    seconds: Math.round((performance.now() - begin) / 1_000),
    kernel,
  };
}

function named(complaint: Complaint, { ask }: Traced, asks: number): Complaint {
  return asks === 1 ? complaint : { ...complaint, text: `${ask.name}: ${complaint.text}` };
}

/** The exchange in question as the report words it: outcome, code, sentence. */
function saying(one: AnyCase, place: Place, { ask, report }: Traced): string {
  const must = (one.musts(place) as Must[]).find((each) =>
    each.ask === undefined || each.ask === ask.name
  );
  const own = must === undefined
    ? report.exchanges
    : report.exchanges.filter((each) => isMeant(each, must));
  const shown = own.find((each) => causesOf(each).length > 0) ?? own[0];
  if (shown === undefined) return "nothing of it";
  return `${wordsOf(shown)}: ${causesOf(shown)[0]?.sentence ?? shown.sentence}`;
}

async function withPlace(
  one: AnyCase,
  broken: boolean,
  { prefix, number }: RunOptions,
  use: (place: Place) => Promise<void>,
): Promise<void> {
  const name = `c${number}${broken ? "b" : "w"}`;
  const topology = new Topology({ name, prefix, lab: "cases" });
  let place: Place | undefined;
  try {
    place = one.lay(topology, broken);
    await topology.apply();
    await one.start?.(place, broken);
    await use(place!);
  } finally {
    for (const each of open.get(place ?? { nodes: {} }) ?? []) each.close();
    await topology.down();
  }
}
