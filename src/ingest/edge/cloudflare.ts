/**
 * What the edge uses of Cloudflare's runtime, as types. Importing `@cloudflare/workers-types` makes
 * its globals (`Response`, `Request` …) those of every file that Deno checks, so they are not
 * imported here; `test/edge_types` holds these to them.
 */

/** A value of a column. */
export type SqlStorageValue = ArrayBuffer | Uint8Array | string | number | null;

/** SQLite of one Durable Object. */
export interface SqlStorage {
  exec(
    query: string,
    ...values: SqlStorageValue[]
  ): { toArray(): Record<string, unknown>[]; rowsWritten: number };
}

/** What a Durable Object keeps. */
export interface DurableObjectState {
  storage: {
    sql: SqlStorage;
    transactionSync<T>(closure: () => T): T;
    deleteAll(): Promise<void>;
    getAlarm(): Promise<number | null>;
    setAlarm(atMs: number): Promise<void>;
    deleteAlarm(): Promise<void>;
  };
}

/** All objects of one class, by name. */
export interface DurableObjectNamespace {
  idFromName(name: string): unknown;
  get(id: never): unknown;
}

/** A bucket of R2. */
export interface R2Bucket {
  put(key: string, value: Uint8Array<ArrayBuffer>): Promise<unknown>;
  get(key: string): Promise<{ body: ReadableStream<Uint8Array<ArrayBuffer>> } | null>;
  list(options: { prefix: string; cursor?: string }): Promise<{
    objects: { key: string; size: number }[];
    truncated: boolean;
  }>;
  delete(keys: string[]): Promise<void>;
}

/** The request that a Worker answers. */
export interface ExecutionContext {
  waitUntil(promise: Promise<unknown>): void;
}
