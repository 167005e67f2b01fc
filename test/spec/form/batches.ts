/** A spec's batches: once as they are, and in other ways that must mean the same. */
import type { BatchHeader } from "../../../src/event/batch.ts";
import { decodeLine, encodeEvent, eventToJson } from "../../../src/event/codec.ts";
import type { Event } from "../../../src/event/event.ts";
import type { AnalysisInput, Batch } from "../../../src/analysis/view/input.ts";
import { ClusterTeller } from "../../../src/kube/teller.ts";
import { clusterLines } from "./cluster_line.ts";
import type { SpecNode } from "./node.ts";
import type { Spec } from "./spec.ts";

/** 2023-11-14, for every node. */
const WALL_MS = 1_700_000_000_000;

/** Per node one batch with all it has to tell, and an empty last one: what was lost before is known. */
export function inputOf(spec: Spec): AnalysisInput {
  return {
    incident: "spec",
    filter: spec.filter,
    closed: spec.closed,
    evicted: spec.nodes.reduce((sum, { gone }) => sum + (gone?.lines ?? 0), 0),
    batches: [
      ...tellers(spec),
      ...spec.nodes.flatMap((node) => [
        {
          header: headerOf(node, 0),
          events: spec.events.get(node.name) ?? [],
          states: node.states,
          refused: 0,
          ...goneIn(node),
        },
        ...(node.isCut ? [] : [lastBatch(headerOf(node, 1), spec.closed)]),
      ]),
    ],
  };
}

/** What the store says of the batch that it threw a part of away. */
function goneIn({ gone, attachedNs }: SpecNode): Pick<Batch, "gone"> {
  if (gone === null || gone.untilNs === null) return {};
  return { gone: { ...gone, untilNs: attachedNs + gone.untilNs } };
}

/** What was told of the cluster, in two batches. */
function tellers({ cluster }: Spec): Batch[] {
  if (!cluster) return [];
  const batches: { header: BatchHeader; lines: string[] }[] = [];
  const teller = new ClusterTeller("spec", (batch) => batches.push(batch), "teller");
  for (const [i, line] of clusterLines(cluster, WALL_MS).entries()) {
    teller.push(line);
    if (i === 3) teller.flush(WALL_MS);
  }
  teller.flush(WALL_MS);
  return batches.map(({ header, lines }) => batchOf([JSON.stringify(header), ...lines]));
}

function lastBatch(header: BatchHeader, final: boolean): Batch {
  return { header: { ...header, final }, events: [], states: [], refused: 0 };
}

function headerOf(node: SpecNode, sequence: number): BatchHeader {
  return {
    kind: "batch",
    version: 1,
    incident: "spec",
    node: node.name,
    probe: `probe-${node.name}`,
    sequence,
    kernel: node.kernel,
    bpftrace: "0.17.0",
    boot: node.boot,
    netns: node.netns,
    allNetns: false,
    filter: node.capture,
    ...(node.followsAnswers ? { followsAnswers: true } : {}),
    ...(node.translationsUntold ? { translationsUntold: true } : {}),
    ...(node.asksThirdHeaders ? { asksThirdHeaders: true } : {}),
    ...(node.recorder ? { recorder: node.recorder } : {}),
    scripts: node.scripts,
    attachedNs: String(node.attachedNs),
    untilNs: String(node.untilNs),
    totals: node.totals,
    ...(node.missed.length === 0 ? {} : {
      missed: node.missed.map(({ fromNs, toNs, ...runs }) => ({
        fromNs: String(node.attachedNs + fromNs),
        toNs: String(node.attachedNs + toNs),
        ...runs,
      })),
    }),
    ...(node.losses.length === 0 ? {} : {
      losses: node.losses.map(({ fromNs, toNs, count }) => ({
        fromNs: String(node.attachedNs + fromNs),
        toNs: String(node.attachedNs + toNs),
        count,
      })),
    }),
    ...(node.sampled.length === 0 ? {} : {
      sampled: node.sampled.map(({ fromNs, toNs, ...ranks }) => ({
        fromNs: String(node.attachedNs + fromNs),
        toNs: String(node.attachedNs + toNs),
        ...ranks,
      })),
    }),
    clock: { monotonicNs: String(node.attachedNs), wallMs: WALL_MS },
    final: false,
  };
}

/** The lines as sent, every second event in its other spelling, and read again. */
export function rewired(input: AnalysisInput): AnalysisInput {
  const batches = input.batches.map((batch) => {
    const lines = [
      JSON.stringify(batch.header),
      ...batch.states.map((state) => JSON.stringify(state)),
      ...(batch.cluster ?? []).map((told) => JSON.stringify(told)),
      ...batch.events.map((event, i) => i % 2 === 0 ? encodeEvent(event) : eventToJson(event)),
    ];
    return { ...batchOf(lines), ...(batch.gone && { gone: batch.gone }) };
  });
  return { ...input, batches };
}

function batchOf(lines: string[]): Batch {
  const batch: Partial<Batch> & Pick<Batch, "events" | "states"> = { events: [], states: [] };
  for (const text of lines) {
    const line = decodeLine(text);
    if (line.type === "header") batch.header = line.header;
    else if (line.type === "state") batch.states.push(line.state);
    else if (line.type === "event") batch.events.push(line.event);
    else (batch.cluster ??= []).push(line.cluster);
  }
  return { refused: 0, ...batch } as Batch;
}

/** The same events cut into batches elsewhere, in another order, and some of them told twice. */
export function disturbed(input: AnalysisInput, seed: number): AnalysisInput {
  const random = generator(seed);
  const batches = input.batches.filter(({ header }) => header.teller !== undefined);
  const probes = input.batches.filter(({ header }) => header.teller === undefined);
  for (const batch of probes.filter(({ header }) => header.sequence === 0)) {
    const last = probes.find(({ header }) =>
      header.node === batch.header.node && header.sequence === 1
    );
    // Where the trace was cut, how much is told depends on where the batches ended.
    const parts = last ? cutElsewhere(batch, random) : [batch];
    batches.push(...parts);
    if (last) batches.push(partOf(last, parts.length, []));
  }
  const again = batches.filter(() => random() < 0.3);
  return { ...input, batches: shuffled([...batches, ...again], random) };
}

function cutElsewhere(batch: Batch, random: () => number): Batch[] {
  const twice = batch.events.filter(() => random() < 0.3);
  const events = shuffled([...batch.events, ...twice], random);
  const parts: Batch[] = [];
  for (let at = 0; at < events.length || parts.length === 0;) {
    const size = 1 + Math.floor(random() * 4);
    parts.push(partOf(batch, parts.length, events.slice(at, at + size)));
    at += size;
  }
  return parts;
}

function partOf(batch: Batch, sequence: number, events: Event[]): Batch {
  const states = sequence === 0 ? batch.states : [];
  return { ...batch, header: { ...batch.header, sequence }, events, states };
}

function shuffled<T>(list: T[], random: () => number): T[] {
  const result = [...list];
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [result[i], result[j]] = [result[j]!, result[i]!];
  }
  return result;
}

/** Park and Miller's generator: the same order in every run. */
function generator(seed: number): () => number {
  let state = seed;
  return () => (state = state * 48_271 % 2_147_483_647) / 2_147_483_647;
}
