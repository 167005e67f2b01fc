import { storeContract } from "../contract/store.ts";
import { remoteStore } from "./remote_store.ts";
import { startWorkerd } from "./workerd.ts";

storeContract("workerd", async (limits) => {
  const persist = await Deno.makeTempDir();
  let running = await startWorkerd({ limits: { store: limits }, persist });
  return {
    store: remoteStore(running),
    async reopen() {
      await running.stop();
      running = await startWorkerd({ limits: { store: limits }, persist });
      const store = remoteStore(running);
      await store.dropImports();
      return store;
    },
    async cleanUp() {
      await running.stop();
      await Deno.remove(persist, { recursive: true });
    },
  };
});
