/**
 * A hub's tables as versions before 2026-11-27 wrote them, carried over when the object first starts
 * with this one: an incident may live longer than the code that began it.
 */
import { TIERS } from "../stores/store.ts";
import type { Rows } from "./rows.ts";

/** Brings what is in the old tables into the new ones, which are there already. */
export function carryOver(rows: Rows): void {
  const isOld = rows.first("SELECT name FROM sqlite_master WHERE name = 'sizes'") !== undefined;
  if (!isOld) return;
  const size = (what: "lines" | "chars", tier: number) =>
    `coalesce((SELECT ${what} FROM sizes WHERE tier = ${tier} AND row = batches.row), 0)`;
  const sizes = TIERS.map((_, tier) => `${size("lines", tier)}, ${size("chars", tier)}`);
  rows.transaction(() => {
    rows.run(
      `INSERT INTO acknowledged SELECT row, probe, sequence, ticket, 0, refused, evicted,
       ${sizes.join(", ")}, '', header FROM batches`,
    );
    const evictedTo: Record<string, number> = { ordinary: 0, drops: 0, state: 0 };
    const gone = rows.all<{ tier: number; row: number }>(
      "SELECT tier, max(row) AS row FROM evictions GROUP BY tier",
    );
    for (const { tier, row } of gone) evictedTo[TIERS[tier]!] = row;
    const incident = rows.first<{ text: string }>(
      "SELECT text FROM documents WHERE name = 'incident'",
    );
    if (incident !== undefined) {
      const last = rows.first<{ row: number | null }>("SELECT max(row) AS row FROM batches");
      const head = { incident: JSON.parse(incident.text), evictedTo, row: last?.row ?? 0 };
      rows.run("INSERT OR REPLACE INTO documents VALUES ('head', ?)", JSON.stringify(head));
    }
    for (const table of ["batches", "sizes", "evictions"]) rows.run(`DROP TABLE ${table}`);
  });
}
