/** Changes of node state as the report has them, and the problems that began or ended with them. */
import type { Change as ChangeReport, NearChange } from "../../event/report.ts";
import type { Change } from "../change/change.ts";
import { changesIn, type Near, NEAR_MAX, type Stretch } from "../change/near.ts";
import { hash } from "../kernel/hash.ts";
import type { Course } from "../problem/healing.ts";
import { holderAt, isOwn, netnsLabel } from "../view/netns_names.ts";
import { rfc3339 } from "../view/rfc3339.ts";
import { wallMsAt } from "../view/time_of_day.ts";

/** Changes that a report has of all nodes together; of more, the last ones. */
const CHANGES_MAX = 500;

/** Changes that are near to the places of a problem, and as it names them. */
export interface NearTo {
  told: NearChange[];
  changes: Change[];
}

const NONE: NearTo = { told: [], changes: [] };

/** What changed, ready to be asked which problems it is near to. */
export class ReportedChanges {
  readonly #ids = new Map<Change, string>();
  readonly #rows = new Map<Change, ChangeReport>();

  constructor(readonly changes: readonly Change[]) {
    const counts = new Map<string, number>();
    for (const change of changes) {
      const { node, netns, part, action, what, after } = change;
      const at = node.baseNs + BigInt(Math.round(after));
      const key = JSON.stringify([node.name, netns, part.part, action, what, String(at)]);
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      const id = hash(count === 1 ? key : `${key} ${count}`).toString(16).padStart(16, "0");
      this.#ids.set(change, `c${id}`);
    }
  }

  /** What was made between the last that got through and the first failure, for each place of a problem. */
  began(courses: readonly Course[]): NearTo {
    if (this.changes.length === 0) return NONE;
    return this.#nearOf(courses.map(({ place, passedBefore, first }) => ({
      ...place,
      ...(passedBefore === undefined ? {} : { from: passedBefore }),
      to: first,
    })));
  }

  /** What was made between the last failure and the first that got through again. */
  mended(courses: readonly Course[]): NearTo {
    if (this.changes.length === 0) return NONE;
    return this.#nearOf(
      courses.flatMap(({ place, last, healed }) =>
        healed === undefined ? [] : [{ ...place, from: last, to: healed }]
      ),
    );
  }

  /** In the order of time; what a problem names, which are these, is always there. */
  told(named: { size: number; has(change: Change): boolean }): ChangeReport[] {
    const all = this.changes.map((change) => ({ change, row: this.#rowOf(change) }));
    all.sort((a, b) =>
      compare(a.row.by, b.row.by) || compare(a.row.node, b.row.node) || compare(a.row.id, b.row.id)
    );
    let room = CHANGES_MAX - named.size;
    const kept = all.reverse().filter(({ change }) => named.has(change) || room-- > 0);
    return kept.reverse().map(({ row }) => row);
  }

  #nearOf(stretches: readonly Stretch[]): NearTo {
    const near = stretches.flatMap((stretch): Near[] => changesIn(stretch, this.changes))
      .slice(0, NEAR_MAX);
    return {
      told: near.map(({ change, before }) => ({
        change: this.#ids.get(change)!,
        afterMs: Math.round(before / 1e4) / 100,
      })),
      changes: near.map(({ change }) => change),
    };
  }

  #rowOf(change: Change): ChangeReport {
    let row = this.#rows.get(change);
    if (!row) this.#rows.set(change, row = this.#row(change));
    return row;
  }

  #row(change: Change): ChangeReport {
    const { node, netns, part, action, what, was, now, count, after, by, isHeard } = change;
    return {
      id: this.#ids.get(change)!,
      node: node.name,
      netns: netnsLabel(node, netns, by),
      ...holderAt(node, netns, by),
      ...(isOwn(node, netns) ? { own: true } : {}),
      part: part.part,
      action,
      what,
      ...(was === undefined ? {} : { was }),
      ...(now === undefined ? {} : { now }),
      count,
      after: rfc3339(wallMsAt(node, after)),
      by: rfc3339(wallMsAt(node, by)),
      ...(isHeard ? { heard: true as const } : {}),
    };
  }
}

const compare = (a: string, b: string): number => a < b ? -1 : a > b ? 1 : 0;
