/** A `DurableStore` inside workerd, by the test worker's own path. */
import { ok } from "node:assert/strict";
import type { Store, StoredBatch } from "../../src/ingest/stores/store.ts";
import type { Workerd } from "./workerd.ts";

export type RemoteStore = Store & { dropImports(): Promise<void> };

export function remoteStore({ url }: Workerd): RemoteStore {
  const call = async (method: string, args: unknown[]): Promise<unknown> => {
    const body = JSON.stringify(args);
    const response = await fetch(`${url}/test-store/${method}`, { method: "POST", body });
    const text = await response.text();
    ok(response.ok, text);
    return JSON.parse(text).answer;
  };
  const readBatches = async function* (id: string, rowMax?: number): AsyncGenerator<StoredBatch> {
    yield* await call("readBatches", [id, rowMax ?? null]) as StoredBatch[];
  };
  return new Proxy({} as RemoteStore, {
    get(_, name) {
      // A promise that gives a store asks whether that is a promise, too.
      if (name === "then") return undefined;
      if (name === "readBatches") return readBatches;
      return (...args: unknown[]) => call(String(name), args);
    },
  });
}
