/** For tests: as much of a Durable Object as its tables need, on SQLite in memory. */
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import type { DurableObjectState } from "./cloudflare.ts";

/** A state of its own, empty but for what these statements make. */
export function objectState(statements: readonly string[] = []): DurableObjectState {
  const database = new DatabaseSync(":memory:");
  for (const statement of statements) database.exec(statement);
  const exec = (query: string, ...values: unknown[]) => {
    const rows = database.prepare(query).all(...values as SQLInputValue[]);
    return { toArray: () => rows as Record<string, unknown>[], rowsWritten: 0 };
  };
  const storage = { sql: { exec }, transactionSync: <T>(change: () => T) => change() };
  return { storage } as unknown as DurableObjectState;
}
