/**
 * One reading of a cluster's API for many who listen: each is told first what there is, then what changes,
 * in lines with numbers of its own. That nothing changed is told seldom: it is most of what a reader says.
 */
import type { ClusterObject, ClusterResource, ClusterState } from "../event/cluster/state.ts";
import type { NamedPlace } from "../event/filter/mod.ts";
import { inParts } from "./in_parts.ts";
import { ClusterKnown } from "./known.ts";
import { placesOf } from "./places.ts";

/** That nothing changed of a kind is told once in it, ms. */
const WATCHED_EVERY_MS = 15_000;

/** Takes lines. */
export type Listener = (line: ClusterState) => void;

interface Hearing {
  take: Listener;
  sequence: number;
  /** By kind, when it was told last that all was heard of. */
  toldMs: Map<ClusterResource, number>;
}

/** Those who listen to a reader. */
export class ClusterAudience {
  readonly #known = new ClusterKnown();
  readonly #hearings = new Map<string, Hearing>();
  #cluster = "cluster";

  /** Takes a line of the reader, and tells it. */
  push(line: ClusterState): void {
    this.#cluster = line.cluster;
    // What was heard of before it ends now would be lost with a watch that breaks.
    if (line.told === "broken") {
      const heardMs = this.#known.of(line.resource)?.heardMs ?? null;
      for (const hearing of this.#hearings.values()) this.#heardBy(hearing, line.resource, heardMs);
    }
    this.#known.take(line);
    for (const hearing of this.#hearings.values()) {
      const toldMs = hearing.toldMs.get(line.resource) ?? -Infinity;
      const isSoon = line.wallMs - toldMs < WATCHED_EVERY_MS;
      if (line.told === "watched" && isSoon && !line.final) continue;
      tell(hearing, line);
    }
  }

  /** Somebody listens from now on: is told at once what there is. */
  join(id: string, take: Listener): void {
    const hearing: Hearing = { take, sequence: 0, toldMs: new Map() };
    this.#hearings.set(id, hearing);
    for (const line of this.#lists()) tell(hearing, line);
  }

  leave(id: string): void {
    this.#hearings.delete(id);
  }

  /** Tells one who listens at once that nothing else changed up to now, kind by kind. */
  tellHeard(id: string): void {
    const hearing = this.#hearings.get(id);
    if (hearing === undefined) return;
    for (const [resource, { heardMs }] of this.#known) this.#heardBy(hearing, resource, heardMs);
  }

  /** What a filter can name, of all that there is and of what was there when it was last known. */
  *places(): Generator<NamedPlace> {
    for (const [resource, { objects }] of this.#known) {
      yield* placesOf(this.#line(resource, 0, { told: "listed", objects: [...objects.values()] }));
    }
  }

  #heardBy(hearing: Hearing, resource: ClusterResource, heardMs: number | null): void {
    if (heardMs === null || (hearing.toldMs.get(resource) ?? Infinity) >= heardMs) return;
    tell(hearing, this.#line(resource, heardMs, { told: "watched", objects: [] }));
  }

  /** What there is, kind by kind. */
  *#lists(): Generator<ClusterState> {
    for (const [resource, { objects, leftOut, heardMs }] of this.#known) {
      if (heardMs === null) continue;
      const parts = inParts([...objects.values()]);
      for (const [part, some] of parts.entries()) {
        yield this.#line(resource, heardMs, {
          told: "listed",
          objects: some,
          ...(parts.length > 1 ? { part, parts: parts.length } : {}),
          ...(leftOut > 0 ? { leftOut } : {}),
        });
      }
    }
  }

  #line(
    resource: ClusterResource,
    wallMs: number,
    told: Pick<ClusterState, "told" | "part" | "parts" | "leftOut"> & { objects: ClusterObject[] },
  ): ClusterState {
    const about = { kind: "cluster", cluster: this.#cluster, sequence: 0 };
    return { ...about, resource, wallMs, ...told } as ClusterState;
  }
}

function tell(hearing: Hearing, line: ClusterState): void {
  if (line.told !== "broken") hearing.toldMs.set(line.resource, line.wallMs);
  hearing.take({ ...line, sequence: hearing.sequence++ });
}
