/**
 * One act of a soak: one ingest engine, three probes, traffic, faults and harms; then some time
 * without harms in which memory is watched; then everything ends and is checked.
 */
import { setTimeout as pass } from "node:timers/promises";
import { createClient } from "../../src/ingest/client/client.ts";
import { enter } from "../../src/lab/batch.ts";
import { gunzip } from "../contract/target.ts";
import type { Draw } from "../faults/bench/draw.ts";
import { type Batch, compare, type Kept } from "./batches.ts";
import { Gate, type GateFigures } from "./gate.ts";
import { INGEST_HARMS, PROBE_HARMS, type Victims } from "./harms.ts";
import { type Engine, ENGINES, type RunningIngest, TOKEN } from "./ingests.ts";
import { bpftraceOf, filesBelow } from "./machine.ts";
import { Memory, type MemoryFigure } from "./memory.ts";
import { comeAndGo, FAULT_KINDS, faultOf, type Network, networkUp } from "./network.ts";
import { TCP_PORT, UDP_PORT } from "./network.ts";
import { CHURN_INCIDENT, INCIDENT, Probe } from "./probes.ts";
import { Process } from "./process.ts";
import type { Talked, Talker } from "./talker.ts";
import { judge, kernelSeconds, mark, type Trial, tryFault, type Verdicts } from "./trials.ts";

export interface ActOptions {
  engine: Engine;
  /** With harms, and after them without. */
  harmMs: number;
  steadyMs: number;
  draw: Draw;
  /** Of this act alone; everything it writes is in it. */
  folder: string;
  /** Of all of its processes. */
  env: Record<string, string>;
  prefix: string;
  /** A folder for the archive and the samples of memory. */
  keep?: string;
  signal: AbortSignal;
  onProgress(text: string): void;
}

export interface ActFigures {
  engine: Engine;
  seconds: number;
  /** How often each harm was done. */
  harms: Record<string, number>;
  kept: Record<string, Kept>;
  gate: GateFigures;
  verdicts: Verdicts;
  talked: Talked;
  namespaces: number;
  memory: MemoryFigure[];
  complaints: string[];
}

const PER_SECOND = 2;
const SAMPLE_MS = 2_000;
/** Of the time without harms, so much is for getting warm: caches, heaps, compiled code. */
const WARM_SHARE = 0.3;

export class Act {
  readonly #complaints: string[] = [];
  readonly #harms: Record<string, number> = {};
  readonly #trials: Trial[] = [];
  readonly #disturbed: { fromSeconds: number; toSeconds: number }[] = [];
  readonly #memory = new Memory();
  readonly #begun = performance.now();
  readonly #stopping = new AbortController();
  #namespaces = 0;
  #steadyFromMs = Infinity;
  #probes: Probe[] = [];

  private constructor(
    readonly options: ActOptions,
    readonly network: Network,
    readonly ingest: RunningIngest,
    readonly gate: Gate,
  ) {}

  static async run(options: ActOptions): Promise<ActFigures> {
    const { engine, folder, env, draw, prefix, harmMs, steadyMs } = options;
    const troubles: string[] = [];
    const onTrouble = (text: string) => void troubles.push(text);
    const minutes = (harmMs + steadyMs) / 60_000;
    const ingest = ENGINES[engine]({ folder, env, minutes, onTrouble });
    // First what can fail without leaving anything.
    const network = await networkUp(prefix);
    const gate = new Gate(draw, () => ingest.url());
    const act = new Act(options, network, ingest, gate);
    try {
      await ingest.start();
      const figures = await act.#run();
      figures.complaints.unshift(...troubles);
      return figures;
    } finally {
      await act.#end();
    }
  }

  async #run(): Promise<ActFigures> {
    const { engine, onProgress, harmMs, steadyMs, folder, env } = this.options;
    for (const id of [INCIDENT, CHURN_INCIDENT]) await this.#client().createIncident({ id });
    const complain = (text: string) => void this.#complaints.push(text);
    const { url } = this.gate;
    const shared = { folder, env, url, network: this.network, onTrouble: complain };
    this.#probes = await Probe.make(shared);
    await Promise.all(this.#probes.map(({ process }) => process.start()));
    onProgress(`${engine}: three probes are ready`);
    const talker = this.#talker(complain);
    await talker.start();
    const beside = [this.#churn(), this.#sample()];
    await this.#harm(performance.now() + harmMs, complain);
    this.#steadyFromMs = performance.now() + steadyMs * WARM_SHARE;
    onProgress(`${engine}: no more harms`);
    const steadyEndMs = performance.now() + steadyMs;
    while (performance.now() < steadyEndMs && !this.options.signal.aborted) await this.#trial();
    this.#stopping.abort();
    await Promise.all(beside);
    talker.signal("SIGTERM");
    await talker.ended();
    await this.#endProbes();
    onProgress(`${engine}: everything is sent, comparing`);
    const { kept, verdicts } = await this.#check();
    const talked = JSON.parse(/\{.*\}/.exec(talker.tail)?.[0] ?? "{}");
    return {
      engine,
      seconds: Math.round((performance.now() - this.#begun) / 1_000),
      harms: this.#harms,
      kept,
      gate: this.gate.figures,
      verdicts,
      talked,
      namespaces: this.#namespaces,
      memory: this.#memory.figures(),
      complaints: this.#complaints,
    };
  }

  #client() {
    return createClient({ url: this.ingest.url()!, token: TOKEN });
  }

  #talker(onTrouble: (text: string) => void): Process {
    const talker: Talker = {
      address: this.network.address,
      tcpPort: TCP_PORT,
      udpPort: UDP_PORT,
      perSecond: PER_SECOND,
    };
    const [program, ...args] = [
      ...enter(this.network.client.name),
      ...[Deno.execPath(), "run", "--quiet", "--no-config", "--no-lock", "--no-check"],
      ...["--unstable-net", "--allow-net", import.meta.resolve("./talker.ts")],
      JSON.stringify(talker),
    ];
    return new Process({
      name: "talker",
      command: () =>
        new Deno.Command(program!, {
          args,
          env: { ...this.options.env, DENO_NO_UPDATE_CHECK: "1" },
          stdin: "null",
          stdout: "piped",
          stderr: "piped",
        }),
      ready: /ready/,
      onTrouble,
    });
  }

  async #harm(endMs: number, onTrouble: (text: string) => void): Promise<void> {
    const { draw } = this.options;
    const victims: Victims = {
      draw,
      gate: this.gate,
      ingest: this.ingest,
      probes: this.#probes,
      disturbing: (probe) => this.#disturbing(probe),
      onTrouble,
    };
    while (performance.now() < endMs && !this.options.signal.aborted) {
      const harmIngest = () => this.#oneOf(INGEST_HARMS, victims);
      const harmProbe = () => this.#oneOf(PROBE_HARMS, victims);
      // One harm to the ingest in each round, to a probe in most: sometimes while a fault is tried.
      if (draw.next() < 0.25) {
        await Promise.all([this.#trial(), harmProbe()]);
        await harmIngest();
        continue;
      }
      await Promise.all([this.#trial(), harmIngest()]);
      if (draw.next() < 0.75) await harmProbe();
    }
  }

  async #oneOf(
    harms: Record<string, (victims: Victims) => Promise<void>>,
    victims: Victims,
  ): Promise<void> {
    const name = this.options.draw.pick(Object.keys(harms));
    this.#harms[name] = (this.#harms[name] ?? 0) + 1;
    this.options.onProgress(name);
    await harms[name]!(victims);
  }

  async #disturbing(probe: Probe): Promise<() => Promise<void>> {
    const disturbed = { fromSeconds: await kernelSeconds(), toSeconds: Infinity };
    // Faults are not seen by the probe that watches namespaces come and go.
    if (probe.name !== "all") this.#disturbed.push(disturbed);
    return async () => void (disturbed.toSeconds = await kernelSeconds());
  }

  async #trial(): Promise<void> {
    const { draw } = this.options;
    const kind = FAULT_KINDS[this.#trials.length % FAULT_KINDS.length]!;
    let port = draw.port();
    while (port === TCP_PORT || port === UDP_PORT) port = draw.port();
    this.#trials.push(await tryFault(this.network, faultOf(kind, this.network, port)));
  }

  /** Namespaces come and go as long as the act goes on. */
  async #churn(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await comeAndGo(this.options.prefix, this.options.draw, this.#namespaces);
      this.#namespaces += 2;
      await pass(this.options.draw.between(1_000, 5_000), undefined, { signal }).catch(() => {});
    }
  }

  async #sample(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const seconds = performance.now() / 1_000;
      const isSteady = performance.now() > this.#steadyFromMs;
      const sample = (role: string, pid: number) =>
        this.#memory.sample(role, pid, seconds, isSteady);
      await sample(`ingest (${this.options.engine})`, this.ingest.pid());
      for (const { name, process } of this.#probes) {
        await sample(`probe ${name}`, process.pid);
        for (const pid of await bpftraceOf(process.pid)) await sample(`bpftrace of ${name}`, pid);
      }
      await pass(SAMPLE_MS, undefined, { signal }).catch(() => {});
    }
  }

  /** In order; one that could not send everything is started again, which sends it first. */
  async #endProbes(): Promise<void> {
    await Promise.all(this.#probes.map(async ({ name, process }) => {
      for (let tries = 1;; tries++) {
        process.signal("SIGINT");
        const status = await process.ended();
        if (status?.code === 0) return;
        if (tries === 3) {
          this.#complaints.push(`probe ${name} ended with ${status?.code}: ${process.tail}`);
          return;
        }
        await process.start();
      }
    }));
    for (const { name, disk } of this.#probes) {
      const left = await filesBelow(disk);
      if (left.length > 0) this.#complaints.push(`the spool of ${name} keeps ${left}`);
    }
  }

  async #check(): Promise<{ kept: Record<string, Kept>; verdicts: Verdicts }> {
    const client = this.#client();
    const kept: Record<string, Kept> = {};
    for (const id of [INCIDENT, CHURN_INCIDENT]) {
      await client.closeIncident(id);
      const file = await new Response(await client.downloadArchive(id)).bytes();
      const acknowledged = this.gate.acknowledged.get(id) ?? new Map();
      kept[id] = await compare(acknowledged, await gunzip(file));
      this.#complaints.push(...kept[id].complaints);
    }
    this.#complaints.push(...this.gate.figures.refused);
    const acknowledged = this.gate.acknowledged.get(INCIDENT) ?? new Map<string, Batch>();
    for (const trial of this.#trials) {
      trial.disturbed = this.#disturbed.some(({ fromSeconds, toSeconds }) =>
        fromSeconds < trial.toSeconds && toSeconds > trial.fromSeconds
      );
      await mark(trial, acknowledged.values());
    }
    const verdicts = judge(await client.report(INCIDENT), this.#trials);
    this.#complaints.push(...verdicts.complaints);
    if (this.options.keep !== undefined) {
      await this.#keep(this.options.keep);
    }
    return { kept, verdicts };
  }

  async #keep(folder: string): Promise<void> {
    await Deno.mkdir(folder, { recursive: true });
    const { prefix, engine } = this.options;
    const path = `${folder}/${prefix}-${engine}.gz`;
    await Deno.writeFile(path, await this.#client().downloadArchive(INCIDENT));
    await Deno.writeTextFile(`${path}.memory.json`, JSON.stringify(this.#memory.samples));
    this.options.onProgress(`the archive is kept as ${path}`);
  }

  async #end(): Promise<void> {
    this.#stopping.abort();
    await this.gate.away();
    await Promise.all(this.#probes.map(({ process }) => process.kill()));
    await this.ingest.kill();
    await this.network.topology.down();
    for (const probe of this.#probes) await probe.unmount();
  }
}
