/** Many cases under one trace: bpftrace takes a second to attach, whatever it then watches. */
import { analyse } from "../../../src/analysis/mod.ts";
import type { Batch } from "../../../src/analysis/view/input.ts";
import { decodeLine } from "../../../src/event/codec.ts";
import type { Report } from "../../../src/event/report.ts";
import { DEFAULT_SHARE } from "../../../src/probe/run/share.ts";
import type { ProbeBatch } from "../../../src/probe/ship/batcher.ts";
import { resolveNodes, startSession } from "../../../src/probe/session/mod.ts";
import { type CaseId, CaseRun } from "./case_run.ts";
import { type Score, score } from "./score.ts";
import { Telling } from "./telling.ts";

export interface Judged {
  run: CaseRun;
  score: Score;
  report: Report;
  batches: Batch[];
}

export interface GroupOptions {
  seed: number;
  prefix: string;
  signal?: AbortSignal;
}

export class Group {
  readonly #runs: CaseRun[];
  readonly #options: GroupOptions;

  /** `first` numbers its cases: those of two groups that are up at once have names of their own. */
  constructor(ids: readonly CaseId[], first: number, options: GroupOptions) {
    this.#runs = ids.map((id, i) => new CaseRun(id, { ...options, key: `c${first + i}` }));
    this.#options = options;
  }

  async build(): Promise<void> {
    await Promise.all(this.#runs.map((run) => run.build()));
  }

  async run(): Promise<Judged[]> {
    await Promise.all(this.#runs.map((run) => run.act()));
    const whole = this.#runs.filter((run) => run.broken === undefined);
    const batches = await traceAll(whole, this.#options);
    await Promise.all(this.#runs.map((run) => run.check()));
    return this.#runs.map((run) => judge(run, batches));
  }

  async down(): Promise<void> {
    await Promise.all(this.#runs.map((run) => run.down()));
  }
}

async function traceAll(runs: readonly CaseRun[], { signal }: GroupOptions): Promise<Batch[]> {
  if (runs.length === 0 || signal?.aborted) return [];
  const batches: Batch[] = [];
  const telling = new Telling();
  const nodes = await resolveNodes(runs.flatMap((run) => run.nodes), "bench");
  const session = await startSession({
    nodes,
    filter: "",
    incident: "faults",
    // Scores of namespaces are read in it; how little a node gives for that is not what is tried here.
    share: { ...DEFAULT_SHARE, cpuPercent: 100 },
    onBatch: (raw) => {
      const batch = readBatch(raw);
      batches.push(batch);
      telling.note(batch);
    },
    onProgress: () => {},
  });
  try {
    await session.ready;
    await telling.untilRead(nodes);
    await Promise.all(runs.map((run) => run.talk()));
    const silent = runs.filter(({ id }) => id.kind === "fault" && id.spec.restsOnSilence);
    for (const { key } of silent) {
      await telling.untilSilent(nodes.filter(({ name }) => name.startsWith(`${key}.`)));
    }
  } finally {
    await session.stop();
  }
  return batches;
}

function readBatch({ header, lines }: ProbeBatch): Batch {
  const batch: Batch = { header, events: [], states: [], refused: 0 };
  for (const text of lines) {
    const line = decodeLine(text);
    if (line.type === "event") batch.events.push(line.event);
    if (line.type === "state") batch.states.push(line.state);
  }
  return batch;
}

/** Each case alone: the analysis must not learn of its neighbours. */
function judge(run: CaseRun, all: readonly Batch[]): Judged {
  const batches = all.filter(({ header }) => header.node.startsWith(`${run.key}.`));
  const report = analyse({
    incident: run.name,
    batches,
    filter: "",
    closed: true,
    evicted: 0,
  });
  return { run, report, batches, score: score(run, report) };
}
