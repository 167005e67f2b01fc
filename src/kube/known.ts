/** What lines of a reader have told so far: all objects that there are, kind by kind. */
import {
  clusterKey,
  type ClusterObject,
  type ClusterResource,
  type ClusterState,
} from "../event/cluster/state.ts";

/** Objects of a kind, as far as they were told. */
export interface Known {
  objects: Map<string, ClusterObject>;
  /** Objects that are not among them. */
  leftOut: number;
  /** All that changed up to then was heard of. Null: it is not known, until there is a list again. */
  heardMs: number | null;
}

/** Takes lines in their order. */
export class ClusterKnown {
  readonly #known = new Map<ClusterResource, Known>();
  /** Parts of a list that has not come whole. */
  readonly #parts = new Map<ClusterResource, ClusterState[]>();

  of(resource: ClusterResource): Known | undefined {
    return this.#known.get(resource);
  }

  /** All objects of a kind; null where one may be there that is not among them. */
  all<R extends ClusterResource>(resource: R): ClusterObject<R>[] | null {
    const known = this.#known.get(resource);
    if (known === undefined || known.heardMs === null || known.leftOut > 0) return null;
    return [...known.objects.values()] as ClusterObject<R>[];
  }

  [Symbol.iterator](): Iterator<[ClusterResource, Known]> {
    return this.#known[Symbol.iterator]();
  }

  take(line: ClusterState): void {
    const known = this.#known.get(line.resource) ??
      { objects: new Map(), leftOut: 0, heardMs: null };
    this.#known.set(line.resource, known);
    switch (line.told) {
      case "listed": {
        const { part = 0, parts: count = 1 } = line;
        const parts = part === 0 ? [line] : [...this.#parts.get(line.resource) ?? [], line];
        this.#parts.set(line.resource, parts);
        if (parts.length < count) return;
        this.#parts.delete(line.resource);
        known.objects = new Map(
          parts.flatMap(({ objects }) => objects as ClusterObject[])
            .map((object) => [clusterKey(object), object]),
        );
        known.leftOut = Math.max(...parts.map(({ leftOut = 0 }) => leftOut));
        break;
      }
      case "changed":
        for (const object of line.objects) known.objects.set(clusterKey(object), object);
        for (const key of line.gone ?? []) known.objects.delete(key);
        known.leftOut += line.leftOut ?? 0;
        break;
      case "broken":
        known.heardMs = null;
        return;
    }
    if (line.told === "listed" || known.heardMs !== null) known.heardMs = line.wallMs;
  }
}
