/**
 * Room `cluster`, after `view`: what a cluster's API told of pods, services and policies, at any moment.
 *
 * Times are of the wall clock of who asked the API, and packets are placed by the wall clock of their node:
 * no answer rests on what was otherwise within `MARGIN_MS` of the moment.
 */
import type { ClusterResource, ClusterState } from "../../event/cluster/state.ts";
import { ask, Source } from "../view/asked.ts";
import type { Batch } from "../view/input.ts";
import { History, type Stretch, type ToldLine, type Version } from "./history.ts";

/** Wall clocks of a cluster's machines differ by less. */
export const MARGIN_MS = 3_000;

/** What was told of a cluster. It stays the same object while its incident grows. */
export class Cluster {
  readonly source = new Source();
  #histories: History[] = [];
  #byResource = new Map<ClusterResource, History[]>();
  #byAddress = new Map<ClusterResource, Map<string, Version[]>>();
  #batches: readonly Batch[] = [];

  /** Whether anybody told anything. */
  get isTold(): boolean {
    return ask(this.source, "told", () => this.#histories.length > 0);
  }

  /** What people call it; the first in the order of text where there are several. */
  get name(): string {
    return ask(this.source, "name", () => {
      const lines = this.#batches.flatMap(({ cluster = [] }) => cluster.map((one) => one.cluster));
      return lines.sort()[0] ?? "the cluster";
    });
  }

  /** Takes what tellers said; batches may come in any order and more than once. */
  tell(batches: readonly Batch[]): void {
    const told = batches.filter(({ header }) => header.teller === "cluster");
    const before = this.#batches;
    if (told.length === before.length && told.every((batch, i) => batch === before[i])) return;
    this.#batches = told;
    this.#byResource = historiesOf(told);
    this.#histories = [...this.#byResource.values()].flat();
    this.#byAddress.clear();
    this.source.changed();
  }

  /** Versions of objects of a kind that may have been there at a time. */
  versions<R extends ClusterResource>(resource: R, time: Stretch): Version<R>[] {
    const key = `all ${resource} ${time.fromMs} ${time.toMs}`;
    const found = () => this.#all(resource).filter((version) => overlaps(version, time));
    return ask(this.source, key, found, isSameVersions) as unknown[] as Version<R>[];
  }

  /** Those of them that have this address, or are found by this `nodePortKey`. */
  having<R extends ClusterResource>(resource: R, address: string, time: Stretch): Version<R>[] {
    const key = `having ${resource} ${address} ${time.fromMs} ${time.toMs}`;
    const found = () =>
      (this.#addresses(resource).get(address) ?? []).filter((version) => overlaps(version, time));
    return ask(this.source, key, found, isSameVersions) as unknown[] as Version<R>[];
  }

  /** Whether all objects of these kinds were known during all of the time: what is not told was not there. */
  isWhole(resources: readonly ClusterResource[], time: Stretch): boolean {
    return ask(
      this.source,
      `whole ${resources} ${time.fromMs} ${time.toMs}`,
      () =>
        resources.every((resource) =>
          (this.#byResource.get(resource) ?? []).some(({ whole }) =>
            whole.some(({ fromMs, toMs }) => fromMs <= time.fromMs && toMs >= time.toMs)
          )
        ),
    );
  }

  /**
   * Whether what versions of these kinds tell of the time is known: all was heard of then, or the API says
   * itself since when these are so, and all is heard of at the end. What is missing then proves nothing.
   */
  isKnown(
    resources: readonly ClusterResource[],
    time: Stretch,
    restsOn: readonly { sinceMs?: number | undefined }[],
  ): boolean {
    if (this.isWhole(resources, time)) return true;
    return restsOn.every(({ sinceMs }) => sinceMs !== undefined) &&
      this.isWhole(resources, { fromMs: time.toMs, toMs: time.toMs });
  }

  #all(resource: ClusterResource): Version[] {
    return (this.#byResource.get(resource) ?? []).flatMap(({ versions }) => versions);
  }

  #addresses(resource: ClusterResource): Map<string, Version[]> {
    let index = this.#byAddress.get(resource);
    if (index) return index;
    this.#byAddress.set(resource, index = new Map());
    for (const version of this.#all(resource)) {
      for (const address of new Set(keysOf(version.object))) {
        const list = index.get(address);
        if (list) list.push(version);
        else index.set(address, [version]);
      }
    }
    return index;
  }
}

/** A port that each node of the cluster has for one service, as what a service is found by. */
export const nodePortKey = (protocol: string, port: number): string =>
  `node port ${protocol} ${port}`;

/** All addresses by which an object is found, and node ports. */
function keysOf(object: Version["object"]): string[] {
  if ("clusterAddresses" in object) {
    const nodePorts = object.ports.flatMap(({ protocol, nodePort }) =>
      nodePort ? [nodePortKey(protocol, nodePort)] : []
    );
    return [...object.clusterAddresses, ...object.externalAddresses ?? [], ...nodePorts];
  }
  if ("endpoints" in object) return object.endpoints.flatMap(({ addresses }) => addresses);
  return "addresses" in object ? object.addresses : [];
}

/** A moment with all that is less than the clocks' margin from it. */
export const around = (fromMs: number, toMs = fromMs): Stretch => ({
  fromMs: fromMs - MARGIN_MS,
  toMs: toMs + MARGIN_MS,
});

const overlaps = (a: Stretch, b: Stretch): boolean => a.fromMs <= b.toMs && a.toMs >= b.fromMs;

const isSameVersions = (a: readonly Version[], b: readonly Version[]): boolean =>
  a.length === b.length && JSON.stringify(a) === JSON.stringify(b);

/** One history of each kind and teller. */
function historiesOf(batches: readonly Batch[]): Map<ClusterResource, History[]> {
  const byTeller = Map.groupBy(batches, ({ header }) => `${header.node}\0${header.probe}`);
  const found = new Map<ClusterResource, History[]>();
  for (const [, own] of [...byTeller].sort(([a], [b]) => a < b ? -1 : 1)) {
    const lines = ordered(own.flatMap(({ cluster = [] }) => cluster));
    for (const [resource, some] of Map.groupBy(lines, ({ line }) => line.resource)) {
      const list = found.get(resource) ?? [];
      list.push(new History(some));
      found.set(resource, list);
    }
  }
  return found;
}

/** By their numbers, each once. */
function ordered(lines: readonly ClusterState[]): ToldLine[] {
  const byNumber = new Map(lines.map((line) => [line.sequence, line]));
  let [gaps, next] = [0, 0];
  return [...byNumber].sort(([a], [b]) => a - b).map(([number, line]) => {
    if (number !== next) gaps++;
    next = number + 1;
    return { line, gaps };
  });
}
