/**
 * What the edge uses of Cloudflare's runtime, as types. Importing `@cloudflare/workers-types` makes
 * its globals (`Response`, `Request` …) those of every file that Deno checks, so they are not
 * imported here; `test/edge_types` holds these to them.
 */
export type SqlStorageValue = ArrayBuffer | Uint8Array | string | number | null;

export interface SqlStorage {
  exec(
    query: string,
    ...values: SqlStorageValue[]
  ): { toArray(): Record<string, unknown>[]; rowsWritten: number };
}

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

export interface DurableObjectNamespace {
  idFromName(name: string): unknown;
  get(id: never): unknown;
}

export interface R2Bucket {
  put(key: string, value: Uint8Array<ArrayBuffer>): Promise<unknown>;
  get(key: string): Promise<{ body: ReadableStream<Uint8Array<ArrayBuffer>> } | null>;
  list(options: { prefix: string; cursor?: string }): Promise<{
    objects: { key: string; size: number }[];
    truncated: boolean;
  }>;
  delete(keys: string[]): Promise<void>;
}

export interface ExecutionContext {
  waitUntil(promise: Promise<unknown>): void;
}
