/** SQLite inside a Durable Object: rows with the types their tables have, and long texts in pieces. */
import { joinBytes } from "../../event/bytes.ts";
import type { DurableObjectState, SqlStorageValue } from "./cloudflare.ts";

/** SQLite of one Durable Object, with its schema made. */
export class Rows {
  constructor(readonly ctx: DurableObjectState, schema: readonly string[]) {
    for (const statement of schema) ctx.storage.sql.exec(statement);
  }

  all<Row>(sql: string, ...values: SqlStorageValue[]): Row[] {
    return this.ctx.storage.sql.exec(sql, ...values).toArray() as Row[];
  }

  first<Row>(sql: string, ...values: SqlStorageValue[]): Row | undefined {
    return this.all<Row>(sql, ...values)[0];
  }

  /** How many rows it wrote. */
  run(sql: string, ...values: SqlStorageValue[]): number {
    const cursor = this.ctx.storage.sql.exec(sql, ...values);
    cursor.toArray();
    return cursor.rowsWritten;
  }

  transaction<T>(change: () => T): T {
    return this.ctx.storage.transactionSync(change);
  }
}

/** A value holds 2 MiB; a character takes up to 3 bytes. */
const CHARS_MAX = 500_000;
const BYTES_MAX = 1_000_000;

/** A text in pieces that fit a value; at least one. Joined they are the text. */
export function textPieces(text: string): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length || pieces.length === 0;) {
    let end = Math.min(at + CHARS_MAX, text.length);
    // Half of a surrogate pair is no text.
    if (end < text.length && /[\ud800-\udbff]/.test(text[end - 1]!)) end -= 1;
    pieces.push(text.slice(at, end));
    at = end;
  }
  return pieces;
}

/** Bytes in pieces that fit a value; none for none. */
export function bytePieces(bytes: Uint8Array): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += BYTES_MAX) pieces.push(bytes.slice(at, at + BYTES_MAX));
  return pieces;
}

/** The bytes that were kept in pieces. */
export const joinPieces = (pieces: readonly ArrayBuffer[]) =>
  joinBytes(pieces.map((piece) => new Uint8Array(piece)));
