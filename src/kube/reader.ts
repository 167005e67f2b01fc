/**
 * Reads what a cluster's API tells of names, services and policies, as long as it is asked to, and tells it
 * as lines of batches (`src/event/cluster/state.ts`).
 */
import { clusterKey, type ClusterResource, type ClusterState } from "../event/cluster/state.ts";
import { pause } from "../timers/pause.ts";
import type { KubeApi } from "./api.ts";
import { condensed } from "./condense.ts";
import {
  follow,
  type Followed,
  type FollowOptions,
  type Listed,
  type RawObject,
} from "./follow.ts";
import { inParts } from "./in_parts.ts";
import { discover } from "./resources.ts";
import type { ServerClock } from "./server_clock.ts";

/** From being asked to end to the end, ms. */
const STOP_MS_MAX = 5_000;

/** A line before it has its number. */
type Told = Partial<Pick<ClusterState, "part" | "parts" | "leftOut" | "final" | "why" | "gone">> & {
  told: ClusterState["told"];
  objects?: ClusterState["objects"];
  wallMs?: number;
};

/** Who takes the lines, and how the API is followed. */
export interface ReaderOptions extends Omit<FollowOptions, "signal" | "finish"> {
  onLine(line: ClusterState): void;
  /** Something that people should know: a kind that may not be read. Told once each. */
  onNotice(text: string): void;
}

/** Follows all kinds of objects of one cluster. */
export class ClusterReader {
  readonly #finishing = new AbortController();
  readonly #ending = new AbortController();
  readonly #nowMs: () => number;
  #sequence = 0;
  #noticed = new Set<string>();
  #following: Promise<unknown>;
  #stopped: Promise<void> | undefined;
  /** Kinds that were not listed yet, and were not refused. */
  #awaited = new Set<ClusterResource>();
  readonly #listed = Promise.withResolvers<void>();

  constructor(readonly api: KubeApi, readonly options: ReaderOptions) {
    this.#nowMs = options.nowMs ?? Date.now;
    this.#following = this.#begin();
  }

  /** Resolves when every kind was listed or refused once. */
  get listed(): Promise<void> {
    return this.#listed.promise;
  }

  /** Ends it, after what changed up to now was told. Takes some seconds at most. */
  stop(): Promise<void> {
    return this.#stopped ??= this.#stop();
  }

  async #stop(): Promise<void> {
    this.#finishing.abort();
    const late = setTimeout(() => this.#ending.abort(), STOP_MS_MAX);
    await this.#following;
    clearTimeout(late);
    this.#listed.resolve();
    await this.api.close();
  }

  async #begin(): Promise<void> {
    const signal = this.#ending.signal;
    const finish = this.#finishing.signal;
    const paths = await this.#discovered(AbortSignal.any([signal, finish]));
    this.#awaited = new Set(paths.map(({ resource }) => resource));
    if (paths.length === 0) this.#listed.resolve();
    await Promise.all(
      paths.map(({ resource, path }) =>
        follow(this.api, path, this.#followed(resource), { ...this.options, signal, finish })
      ),
    );
  }

  /** Where the API is not reached yet it is asked again. */
  async #discovered(signal: AbortSignal) {
    for (let failures = 0; !signal.aborted; failures++) {
      try {
        return await discover(this.api, signal);
      } catch (error) {
        if (signal.aborted) break;
        this.#notice(`the API of ${this.api.cluster} does not answer: ${wordsOf(error)}`);
        // What does not answer at first must not hold up a trace.
        this.#listed.resolve();
        const { retryMs = 500, retryMaxMs = 30_000 } = this.options;
        await pause(Math.min(retryMaxMs, retryMs * 2 ** failures), signal);
      }
    }
    return [];
  }

  #followed(resource: ClusterResource): Followed {
    let clock: ServerClock | undefined;
    return {
      onList: (objects, listed) => {
        clock = listed.clock;
        this.#list(resource, objects, listed);
        this.#heard(resource);
      },
      onChange: (change) => this.#change(resource, change, clock),
      onAlive: () => this.#tell(resource, { told: "watched" }),
      onBroken: (why) => {
        this.#tell(resource, { told: "broken", why });
        this.#notice(`${resource} of ${this.api.cluster}: ${why}`);
        this.#heard(resource);
      },
      onEnd: () => this.#tell(resource, { told: "watched", final: true }),
    };
  }

  #list(
    resource: ClusterResource,
    raw: readonly RawObject[],
    { isWhole, wallMs, clock }: Listed,
  ): void {
    const all = raw.map((one) => condensed(resource, one, clock));
    const objects = all.filter((one) => one !== null && one !== undefined);
    const unread = all.filter((one) => one === undefined).length;
    // How many there are beyond the bound nobody knows: one is enough to say that it is not all.
    const leftOut = unread + (isWhole ? 0 : 1);
    const parts = inParts(objects);
    for (const [part, some] of parts.entries()) {
      this.#tell(resource, {
        told: "listed",
        wallMs,
        objects: some,
        ...(parts.length > 1 ? { part, parts: parts.length } : {}),
        ...(leftOut > 0 ? { leftOut } : {}),
      });
    }
    if (!isWhole) this.#notice(`${resource} of ${this.api.cluster}: too many, not all are known`);
  }

  #change(
    resource: ClusterResource,
    { put, gone }: { put?: RawObject; gone?: RawObject },
    clock: ServerClock | undefined,
  ): void {
    const object = condensed(resource, put ?? gone ?? {}, clock);
    // A slice of no service: nothing of it was told before.
    if (object === null) return this.#tell(resource, { told: "watched" });
    if (object === undefined) return this.#tell(resource, { told: "changed", leftOut: 1 });
    this.#tell(resource, {
      told: "changed",
      ...(put === undefined ? { gone: [clusterKey(object)] } : { objects: [object] }),
    });
  }

  #tell(resource: ClusterResource, told: Told): void {
    const { cluster } = this.api;
    const line = {
      kind: "cluster",
      cluster: cluster.slice(0, 253) || "cluster",
      resource,
      sequence: this.#sequence++,
      objects: [],
      wallMs: this.#nowMs(),
      ...told,
    } as ClusterState;
    this.options.onLine(line);
  }

  #heard(resource: ClusterResource): void {
    this.#awaited.delete(resource);
    if (this.#awaited.size === 0) this.#listed.resolve();
  }

  #notice(text: string): void {
    if (this.#noticed.has(text) || this.#noticed.size > 100) return;
    this.#noticed.add(text);
    this.options.onNotice(text);
  }
}

const wordsOf = (error: unknown) =>
  (error instanceof Error ? error.message : String(error)).slice(0, 300);
