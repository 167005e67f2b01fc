/** Keeping what comes from outside inside the limits of the schema, and saying what that cost. */
import type { z } from "zod";
import type { NetnsState } from "../../event/state.ts";
import { wrong } from "../../event/wrong.ts";

/** What could not be read, and why; both for people. */
export type Gap = NetnsState["gaps"][number];

/**
 * Rows kept of each table: far above what a person reads, far below what hurts the wire; of
 * netfilter more are read than are sent (`condense.ts`).
 */
export const ROWS_MAX = {
  links: 10_000,
  /** Half of them of each family. */
  routes: 40_000,
  rules: 5_000,
  neighbours: 20_000,
  fdb: 20_000,
  sysctls: 50_000,
  qdiscs: 10_000,
  filters: 10_000,
  chains: 50_000,
  netfilter: 100_000,
  sets: 2_000,
  setElements: 20_000,
  sockets: 10_000,
  xfrm: 2_000,
  connections: 1_000,
} as const;

/** At most `max` characters, the last one an ellipsis when something was cut. */
export function clip(text: string, max: number): string {
  return text.length <= max ? text : text.slice(0, max - 1) + "…";
}

/** Collects gaps, each bounded, never more than a few hundred of them. */
export class Gaps {
  constructor(readonly rows: Gap[] = []) {}

  add(what: string, why: string): void {
    if (this.rows.length < 500) {
      this.rows.push({ what: clip(what, 255), why: clip(why.trim().replace(/\s+/g, " "), 500) });
    }
  }
}

/**
 * The rows that fit `schema`, at most `max`. A row that does not fit is left out and counted: one
 * odd line must not cost the snapshot.
 */
export function keepRows<T>(
  what: string,
  rows: readonly unknown[],
  schema: z.ZodType<T>,
  max: number,
  gaps: Gaps,
): T[] {
  const kept: T[] = [];
  let refused = 0;
  let firstRefusal = "";
  for (const row of rows.slice(0, max)) {
    const parsed = schema.safeParse(row);
    if (parsed.success) {
      kept.push(parsed.data);
      continue;
    }
    refused++;
    firstRefusal ||= wrong(parsed.error, row);
  }
  if (refused > 0) gaps.add(what, `${refused} rows not understood, first: ${firstRefusal}`);
  if (rows.length > max) gaps.add(what, `cut: ${max} of ${rows.length} rows kept`);
  return kept;
}
