/** Batches put together again from what the hub and the shards have of them. */
import type { Segment, StoredBatch } from "../stores/store.ts";
import type { HubRow, Layout, PartText } from "./parts.ts";

type Read = (shard: number, tickets: string[], epoch: number) => Promise<PartText[] | null>;

/** Null: lines moved to other shards after the layout was read, so some would be missed. */
export async function wholeBatches(
  rows: readonly HubRow[],
  { shards, epoch }: Layout,
  read: Read,
): Promise<StoredBatch[] | null> {
  const tickets = [...new Set(rows.map(({ ticket }) => ticket))];
  const all = await Promise.all(
    Array.from({ length: shards }, (_, shard) => read(shard, tickets, epoch)),
  );
  const texts = new Map<string, string>();
  for (const part of all) if (part === null) return null;
  for (const { ticket, at, tier, text } of all.flatMap((part) => part ?? [])) {
    const key = `${ticket} ${at} ${tier}`;
    texts.set(key, (texts.get(key) ?? "") + text);
  }
  return rows.map((row) => batchOf(row, texts));
}

/** The batch with all its lines; their order inside a tier is not that in which they came. */
function batchOf(row: HubRow, texts: ReadonlyMap<string, string>): StoredBatch {
  const { ticket, at, header, refused, evicted, tiers, own } = row;
  const segments = tiers.map((tier): Segment => {
    const text = (own.find((part) => part.tier === tier)?.text ?? "") +
      (texts.get(`${ticket} ${at} ${tier}`) ?? "");
    return { tier, lines: linesIn(text), text };
  });
  return { row: row.row, header: JSON.parse(header), refused, evicted, segments };
}

function linesIn(text: string): number {
  let lines = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lines += 1;
  return lines;
}
