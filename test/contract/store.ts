/** What every store must do, whatever it is made of. Its tests call this with a factory. */
import { DEFAULT_LIMITS } from "../../src/ingest/limits.ts";
import { auditContract } from "./store_audit.ts";
import { batchContract } from "./store_batches.ts";
import type { OpenStore, StoreTest } from "./store_case.ts";
import { incidentContract } from "./store_incidents.ts";
import { durableContract, retentionContract } from "./store_retention.ts";

export function storeContract(name: string, open: OpenStore): void {
  const test: StoreTest = (title, run, limits = {}) =>
    Deno.test(`store ${name}: ${title}`, async () => {
      const opened = await open({ ...DEFAULT_LIMITS.store, ...limits });
      try {
        await run(opened);
      } finally {
        await opened.cleanUp();
      }
    });
  incidentContract(test);
  batchContract(test);
  retentionContract(test);
  durableContract(test);
  auditContract(test);
}
