import { storeContract } from "../../test/contract/store.ts";
import { MemoryStore } from "./memory_store.ts";

storeContract("memory", (limits) => {
  const store = new MemoryStore(limits);
  return Promise.resolve({ store, cleanUp: () => store.close() });
});
