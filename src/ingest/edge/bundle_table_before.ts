/** A shard's tables as versions before 2026-11-27 wrote them, carried over as those of the hub are. */
import { TIERS } from "../stores/store.ts";
import { bytePieces, joinPieces, type Rows } from "./rows.ts";

interface OldPart {
  id: number;
  ticket: string;
  tier: number;
  source: number;
  node: string;
  row: number | null;
  lines: number;
  chars: number;
  came_ms: number;
  epoch: number;
}

/** Brings what is in the old tables into the new ones, which are there already. */
export function carryOver(rows: Rows): void {
  const isOld = rows.first("SELECT name FROM sqlite_master WHERE name = 'bodies'") !== undefined;
  if (!isOld) return;
  rows.transaction(() => {
    const confirmed: [number, string, number][] = [];
    const parts = rows.all<OldPart>("SELECT * FROM parts ORDER BY id");
    const attempts = Map.groupBy(parts, ({ ticket, source }) => `${ticket} ${source}`);
    for (const own of attempts.values()) {
      const { ticket, source, came_ms: cameMs, epoch, row } = own[0]!;
      if (row !== null) confirmed.push([row, ticket, 0]);
      const about = own.map(({ node, tier, lines, chars }) => ({
        ...{ at: 0, node, tier: TIERS[tier]!, lines, chars },
      }));
      const pieces = [0, 1].map((tier) => {
        const part = own.find((one) => one.tier === tier);
        if (part === undefined) return [];
        const sql = "SELECT body FROM bodies WHERE part = ? ORDER BY piece";
        const found = rows.all<{ body: ArrayBuffer }>(sql, part.id);
        return bytePieces(joinPieces(found.map(({ body }) => body)));
      });
      for (let i = 0; i < Math.max(1, ...pieces.map(({ length }) => length)); i++) {
        rows.run(
          "INSERT INTO bundles VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
          ...[ticket, source, i, cameMs, epoch, i === 0 ? JSON.stringify(about) : ""],
          ...pieces.map((of) => of[i] ?? null),
        );
      }
    }
    for (let at = 0; at < confirmed.length; at += 5_000) {
      const list = JSON.stringify(confirmed.slice(at, at + 5_000));
      rows.run("INSERT INTO confirmed (list) VALUES (?)", list);
    }
    rows.run("DELETE FROM numbers WHERE name = 'eviction'");
    for (const table of ["parts", "bodies"]) rows.run(`DROP TABLE ${table}`);
  });
}
