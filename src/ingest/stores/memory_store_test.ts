import { deepEqual, equal } from "node:assert/strict";
import { storeContract } from "../../../test/contract/store.ts";
import { DEFAULT_LIMITS } from "../limits.ts";
import { MemoryStore } from "./memory_store.ts";

storeContract("memory", (limits) => {
  const store = new MemoryStore(limits);
  return Promise.resolve({ store, cleanUp: () => store.close() });
});

Deno.test("store memory: begins empty, whatever another one holds", async () => {
  const first = new MemoryStore(DEFAULT_LIMITS.store);
  const incident = { id: "one", title: "", filter: "", createdMs: 1, importing: false };
  equal(await first.createIncident(incident), "created");
  const second = new MemoryStore(DEFAULT_LIMITS.store);
  deepEqual(await second.listIncidents(), []);
  await Promise.all([first.close(), second.close()]);
});
