/**
 * One trace of this kernel: one bpftrace for all nodes, their state, and the batches of both.
 */
import { LasthopError } from "../event/error.ts";
import { parseFilter } from "../event/filter/mod.ts";
import { attach, type Attached } from "./attach.ts";
import type { ProbeBatch } from "./batcher.ts";
import { type Capability, readCapability, requireTracing } from "./capability.ts";
import { Intake } from "./intake.ts";
import { kernelFilter } from "./kernel_filter.ts";
import { NodeState } from "./node_state.ts";
import type { NodeSpec } from "./nodes.ts";
import { readDropReasons } from "./reasons.ts";
import { loadSources, type RenderOptions } from "./render.ts";
import { tunnelPorts } from "./tunnel_ports.ts";
import { mirrored } from "./user_filter.ts";

export interface SessionOptions {
  nodes: readonly NodeSpec[];
  filter: string;
  incident: string;
  onBatch(batch: ProbeBatch): void;
  onProgress(text: string): void;
  /** Path or name of the binary. */
  bpftrace?: string;
  capability?: Capability;
  attachTimeoutMs?: number;
}

export interface Session {
  /** Resolves when everything is attached and the state is read; rejects when it cannot be. */
  ready: Promise<void>;
  /** Waits for packets in flight, detaches, reads the last state, gives the final batches. */
  stop(): Promise<void>;
  /** Resolves with what ended the trace by itself after it was ready, never otherwise. */
  failure: Promise<LasthopError>;
  /** Events of a node's batches were thrown away on their way: later batches tell. */
  evicted(node: string, events: number): void;
  nodes: readonly NodeSpec[];
}

const FLUSH_MS = 200;
const HEARTBEAT_MS = 1_000;

/** Silence that tells that packets have arrived, and how long to wait for it. */
const QUIET_MS = 300;
const QUIET_WAIT_MAX_MS = 1_000;
const QUIET_LOOK_MS = 50;

/** Begins. Throws what is wrong before anything is started: the filter, the machine. */
export async function startSession(options: SessionOptions): Promise<Session> {
  const filter = parseFilter(options.filter);
  const capability = options.capability ?? await readCapability(options.bpftrace);
  requireTracing(capability);
  const reasons = await readDropReasons();
  const both = filter.kind === "all"
    ? filter
    : { kind: "or" as const, nodes: [filter, mirrored(filter)] };
  const intake = new Intake({
    nodes: options.nodes,
    incident: options.incident,
    filter: options.filter,
    filterNode: both,
    kernel: capability.kernel,
    bpftrace: capability.bpftrace ?? "",
    reasonName: (number) => reasons.name(number),
    onBatch: options.onBatch,
    onDrop: (netns) => state.request(netns),
    onUnknownNetns: (netns) => state.lookSoon(netns),
  });
  const state = new NodeState(intake);
  return new RunningSession(options, capability, intake, state);
}

class RunningSession implements Session {
  readonly nodes: readonly NodeSpec[];
  readonly ready: Promise<void>;
  readonly failure: Promise<LasthopError>;
  readonly #failed = Promise.withResolvers<LasthopError>();
  readonly #abort = new AbortController();
  #attached: Attached | undefined;
  #timers: ReturnType<typeof setInterval>[] = [];
  #stopping: Promise<void> | undefined;

  constructor(
    readonly options: SessionOptions,
    readonly capability: Capability,
    readonly intake: Intake,
    readonly state: NodeState,
  ) {
    this.nodes = options.nodes;
    this.failure = this.#failed.promise;
    this.ready = this.#begin();
    this.ready.catch(() => {});
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  evicted(node: string, events: number): void {
    const found = this.intake.nodes.find(({ name }) => name === node);
    if (found !== undefined) found.batcher.evicted += events;
  }

  async #begin(): Promise<void> {
    const { onProgress, nodes } = this.options;
    const count = nodes.reduce((sum, { netns }) => sum + netns.length, 0);
    onProgress(`reading state of ${count} namespace${count === 1 ? "" : "s"}…`);
    const [sources, states] = await Promise.all([loadSources(), this.state.readAll()]);
    onProgress("attaching scripts…");
    const attached = await attach({
      sources,
      render: this.#renderOptions(tunnelPorts(states)),
      run: {
        onLine: (line) => this.intake.line(line),
        onLost: (count) => this.intake.lost(count),
        binary: this.options.bpftrace,
        version: this.capability.bpftrace ?? undefined,
        cpus: this.capability.cpus,
        attachTimeoutMs: this.options.attachTimeoutMs,
      },
      onProgress,
      signal: this.#abort.signal,
    });
    this.#attached = attached;
    this.intake.scripts = attached.scripts;
    void attached.run.ended.then(({ failure }) => failure && this.#died(failure));
    this.intake.begin();
    this.state.follow();
    this.#timers = [
      setInterval(() => this.intake.flush(false), FLUSH_MS),
      setInterval(() => this.intake.flush(true), HEARTBEAT_MS),
    ];
  }

  #renderOptions(ports: RenderOptions["tunnelPorts"]): RenderOptions {
    const { tracepoints, conntrack, dropReason, raw } = this.capability;
    const all = this.nodes.some((node) => node.all);
    const filter = kernelFilter(this.intake.options.filterNode);
    this.intake.filtersPackets = !filter.exact;
    return {
      tracepoints,
      netns: all ? null : this.nodes.flatMap(({ netns }) => netns.map(({ inode }) => inode)),
      filter: filter.expression,
      tunnelPorts: ports,
      conntrack,
      reason: dropReason,
      raw,
    };
  }

  #died(failure: LasthopError): void {
    this.intake.detached(failure.message);
    this.#failed.resolve(failure);
  }

  async #stop(): Promise<void> {
    this.#abort.abort();
    await this.ready.catch(() => {});
    const attached = this.#attached;
    if (attached !== undefined) {
      await this.#quiet();
      await Promise.all([
        attached.run.stop(),
        this.state.stop().then(() => this.state.readFinal()),
      ]);
    }
    for (const timer of this.#timers) clearInterval(timer);
    if (attached !== undefined) this.intake.end();
  }

  /** Packets under way when the end was asked for may still arrive, or be dropped. */
  async #quiet(): Promise<void> {
    const beganMs = performance.now();
    for (;;) {
      const nowMs = performance.now();
      const silentMs = nowMs - Math.max(this.intake.lastEventMs, beganMs);
      if (silentMs >= QUIET_MS || nowMs - beganMs >= QUIET_WAIT_MAX_MS) return;
      const died = await Promise.race([
        this.failure,
        new Promise<undefined>((resolve) => setTimeout(resolve, QUIET_LOOK_MS, undefined)),
      ]);
      if (died !== undefined) return;
    }
  }
}
