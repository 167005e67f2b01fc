/** What one teller said of one kind of objects: each object's versions, and when all changes were heard of. */
import {
  clusterKey,
  type ClusterObject,
  type ClusterResource,
  type ClusterState,
} from "../../event/cluster/state.ts";

/** A time of day, ms since 1970, by the clock of who asked the API. */
export interface Stretch {
  fromMs: number;
  toMs: number;
}

/**
 * An object as it was for a time: from when it was told of on, or from when the API itself says that it has
 * been so.
 */
export interface Version<R extends ClusterResource = ClusterResource> extends Stretch {
  object: ClusterObject<R>;
  /** It was so when it was looked at last; when it ceased to be is not known. */
  isOpen: boolean;
}

/** A line of a teller. */
export interface ToldLine {
  line: ClusterState;
  /** How many times lines were missing before it. */
  gaps: number;
}

/** All that one teller said of one kind. */
export class History {
  readonly versions: Version[] = [];
  /** Between these moments nothing can have been there that is no version. */
  readonly whole: Stretch[] = [];
  #current = new Map<string, { version: Version; text: string }>();
  #open: Stretch | null = null;
  #parts: ClusterState[] = [];
  #gaps = 0;

  /** Lines of one kind, in the order in which they were told. */
  constructor(lines: readonly ToldLine[]) {
    for (const { gaps, line } of lines) {
      // Nothing says what a missing line told.
      if (gaps !== this.#gaps) this.#open = null;
      this.#gaps = gaps;
      this.#take(line);
    }
  }

  #take(line: ClusterState): void {
    switch (line.told) {
      case "listed":
        return this.#list(line);
      case "changed":
        for (const key of line.gone ?? []) this.#end(key, line.wallMs);
        for (const object of line.objects) this.#put(object, line.wallMs);
        if (line.leftOut) this.#open = null;
        return this.#seen(line.wallMs);
      case "watched":
        // No packet of the incident is later, whatever its node's clock says.
        return this.#seen(line.final ? Infinity : line.wallMs);
      case "broken":
        this.#open = null;
    }
  }

  /** All versions that last are as they were told up to now, where all changes were told. */
  #seen(wallMs: number): void {
    if (this.#open === null) return;
    this.#open.toMs = Math.max(this.#open.toMs, wallMs);
  }

  #list(line: ClusterState): void {
    const { part = 0, parts = 1, wallMs } = line;
    if (part === 0) this.#parts = [];
    const before = this.#parts[0];
    if (part !== this.#parts.length || (before && before.wallMs !== wallMs)) {
      this.#parts = [];
      return;
    }
    this.#parts.push(line);
    if (this.#parts.length < parts) return;
    const all = this.#parts;
    this.#parts = [];
    this.#replace(all, wallMs);
  }

  #replace(all: readonly ClusterState[], wallMs: number): void {
    const listed = new Set<string>();
    const lastMs = this.#open?.toMs ?? wallMs;
    const heardMs = this.whole.at(-1)?.toMs ?? wallMs;
    for (const { objects } of all) {
      for (const object of objects) {
        const key = clusterKey(object);
        listed.add(key);
        // It is as it was again, after changes that nobody heard of.
        const isAgain = this.#current.get(key)?.text === textOf(object);
        if (isAgain && (sinceOf(object) ?? 0) > heardMs) this.#end(key, heardMs);
        this.#put(object, wallMs);
      }
    }
    const isAll = all.every(({ leftOut = 0 }) => leftOut === 0);
    // When it went is not known: between the last time it was heard of and now.
    if (isAll) {
      for (const key of [...this.#current.keys()]) if (!listed.has(key)) this.#end(key, lastMs);
    }
    if (!isAll) this.#open = null;
    else if (this.#open) this.#seen(wallMs);
    else this.whole.push(this.#open = { fromMs: wallMs, toMs: wallMs });
  }

  #put(object: ClusterObject, wallMs: number): void {
    const key = clusterKey(object);
    const text = textOf(object);
    const before = this.#current.get(key);
    if (before?.text === text) return;
    this.#end(key, wallMs);
    const fromMs = before ? wallMs : Math.min(wallMs, sinceOf(object) ?? wallMs);
    const version: Version = { object, fromMs, toMs: Infinity, isOpen: true };
    this.versions.push(version);
    this.#current.set(key, { version, text });
  }

  #end(key: string, wallMs: number): void {
    const known = this.#current.get(key);
    if (!known) return;
    known.version.toMs = Math.max(known.version.fromMs, wallMs);
    known.version.isOpen = false;
    this.#current.delete(key);
  }
}

const textOf = (object: ClusterObject) => JSON.stringify({ ...object, sinceMs: undefined });

const sinceOf = (object: ClusterObject): number | undefined =>
  "sinceMs" in object ? object.sinceMs : undefined;

/** One of them was there at any moment, where none was missing between two. */
export function isAlways(
  versions: readonly Stretch[],
  { fromMs, toMs }: Stretch,
): boolean {
  const sorted = [...versions].sort((a, b) => a.fromMs - b.fromMs);
  let untilMs = fromMs;
  for (const version of sorted) {
    if (version.fromMs > untilMs) return false;
    untilMs = Math.max(untilMs, version.toMs);
  }
  return untilMs >= toMs;
}
