/** What the parts of the store contract share. */
import type { StoreLimits } from "../../src/ingest/limits.ts";
import type {
  NewIncident,
  Store,
  StoredBatch,
  StoredToken,
} from "../../src/ingest/stores/store.ts";

export interface OpenedStore {
  store: Store;
  /** Opens the same data again, as after a restart. Absent when nothing outlives the store. */
  reopen?: () => Promise<Store>;
  cleanUp(): Promise<void>;
}

export type OpenStore = (limits: StoreLimits) => Promise<OpenedStore>;

export type StoreTest = (
  title: string,
  run: (opened: OpenedStore) => Promise<void>,
  limits?: Partial<StoreLimits>,
) => void;

export const incident = (id: string, some: Partial<NewIncident> = {}): NewIncident => ({
  id,
  title: "",
  filter: "",
  createdMs: 1000,
  importing: false,
  ...some,
});

export const token = (id: string, of: string | null): StoredToken => ({
  id,
  incident: of,
  role: "viewer",
  hash: "00".repeat(32),
  createdMs: 1,
  expiresMs: null,
});

export async function all(store: Store, id: string, rowMax?: number): Promise<StoredBatch[]> {
  return await Array.fromAsync(store.readBatches(id, rowMax));
}

export const textOf = (batches: StoredBatch[]) =>
  batches.flatMap(({ segments }) => segments.map(({ text }) => text)).join("");
