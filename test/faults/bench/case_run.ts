/** One case on its way: built, served, sent, and judged by what really happened. */
import { LasthopError } from "../../../src/event/error.ts";
import type { NodeWords } from "../../../src/probe/session/mod.ts";
import { Topology } from "../../../src/lab/topology.ts";
import { type RunningServer, serve } from "../traffic/server.ts";
import { send, type Sent, type Talk } from "../traffic/talk.ts";
import type { World } from "../worlds/world.ts";
import { takeOpen } from "./keep_open.ts";
import { Draw } from "./draw.ts";
import type { AnySpec, Injection } from "./spec.ts";

export type Kind = "fault" | "twin" | "near";

export interface CaseId {
  spec: AnySpec;
  kind: Kind;
}

export const nameOf = ({ spec, kind }: CaseId) => `${spec.id}/${kind}`;

export class CaseRun {
  readonly name: string;
  /** Of this case alone within a session: node names begin with it. */
  readonly key: string;
  readonly topology: Topology;
  world: World | undefined;
  sent: Sent[] = [];
  /** Why it can't be judged. */
  broken: string | undefined;
  #servers: RunningServer[] = [];

  constructor(readonly id: CaseId, options: { prefix: string; key: string; seed: number }) {
    this.name = nameOf(id);
    this.key = options.key;
    this.topology = new Topology({ name: options.key, prefix: options.prefix, lab: "faults" });
    try {
      this.world = id.spec.world({
        topology: this.topology,
        draw: Draw.of(options.seed, id.spec.id),
      });
    } catch (error) {
      this.#fail("lay out", error);
    }
  }

  get #injection(): Injection<World> {
    const { spec, kind } = this.id;
    return kind === "fault" ? spec.fault : (kind === "near" ? spec.near : undefined) ?? {};
  }

  /** Node words for the session, under names that no other case has. */
  get nodes(): NodeWords[] {
    return Object.entries(this.world?.nodes ?? {}).map(([name, spaces]) => ({
      name: `${this.key}.${name}`,
      netns: spaces.map((each) => each.name),
    }));
  }

  async build(): Promise<void> {
    await this.#attempt("build", async (world) => {
      const { spec } = this.id;
      spec.setUp?.(world);
      if (spec.deadLinks) await this.topology.apply();
      this.#injection.lay?.(world);
      await this.topology.apply({ awaited: !spec.deadLinks });
      const servers = this.#injection.servers?.(world) ?? spec.servers?.(world) ?? [];
      this.#servers = servers.map((each) => "close" in each ? each : serve(each));
    });
  }

  /** What may send much, or is the whole machine's: not while another group is traced. */
  async act(): Promise<void> {
    await this.#attempt("act", async (world) => {
      await this.id.spec.before?.(world);
      await this.#injection.act?.(world);
    });
  }

  /** Sends everything; resolves when all was answered or given up. */
  async talk(): Promise<void> {
    await this.#attempt("send", async (world) => {
      this.id.spec.first?.(world);
      const talks = this.id.spec.talks(world).map((talk) => this.#inTwo(this.#patient(talk)));
      if (this.id.spec.inTurn) {
        for (const talk of talks) this.sent.push(await send(talk));
      } else this.sent = await Promise.all(talks.map(send));
      if (this.#injection.during === undefined) return;
      await this.#injection.during(world);
      this.sent.push(...await Promise.all(talks.map(send)));
    });
  }

  /** Where an answer must come, waiting for it costs nothing but on a busy machine. */
  #patient(talk: Talk): Talk {
    const { spec, kind } = this.id;
    if ("frame" in talk || (kind === "fault" && spec.code !== "delivered")) return talk;
    if (talk.kind === "ping") return { ...talk, waitMs: PATIENCE_MS };
    return { ...talk, timeoutMs: PATIENCE_MS };
  }

  /** What happens amid a connection happens when a part of it was sent. */
  #inTwo(talk: Talk): Talk {
    const { amid } = this.#injection;
    const world = this.world;
    if (amid === undefined || world === undefined || talk.kind !== "tcp" || "frame" in talk) {
      return talk;
    }
    return { ...talk, between: () => amid(world) };
  }

  /** A case whose fault did not happen, or whose twin is not well, proves nothing. */
  async check(): Promise<void> {
    await this.#attempt("check", async (world) => {
      const { spec, kind } = this.id;
      const [check, what] = kind === "fault"
        ? [spec.happened ?? unanswered(spec, world), "the fault did not happen"]
        : [spec.well ?? allAnswered, "it is not well"];
      if (!await check(world, this.sent)) throw new Error(`${what}: ${JSON.stringify(this.sent)}`);
    });
  }

  async down(): Promise<void> {
    for (const each of [...this.#servers, ...takeOpen(this.topology)]) each.close();
    await this.topology.down();
  }

  async #attempt(what: string, work: (world: World) => Promise<void>): Promise<void> {
    if (this.broken !== undefined || this.world === undefined) return;
    try {
      await work(this.world);
    } catch (error) {
      this.#fail(what, error);
    }
  }

  #fail(what: string, error: unknown): void {
    const said = error instanceof LasthopError || error instanceof Error ? error.message : error;
    this.broken = `${what}: ${said}`;
  }
}

const PATIENCE_MS = 8_000;

const allAnswered = (_: World, sent: readonly Sent[]) => sent.every(isAnswered);

const isAnswered = ({ sent, answered }: Sent) => sent > 0 && answered === sent;

/** Talks that a verdict other than "delivered" is about got fewer answers than they asked for. */
function unanswered(spec: AnySpec, world: World) {
  return (_: World, sent: readonly Sent[]) =>
    [...spec.verdicts?.(world, sent) ?? [], ...spec.came?.(world, sent) ?? []].every((verdict) =>
      verdict.outcomes.some((outcome) => WELL.includes(outcome)) ===
        isAnswered(sent[verdict.talk ?? 0]!)
    );
}

const WELL: readonly string[] = ["delivered", "answered", "slow"];
