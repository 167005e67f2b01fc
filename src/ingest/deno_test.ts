import { httpContract } from "../../test/contract/http.ts";
import { tally } from "../../test/contract/tally.ts";
import type { StartTarget } from "../../test/contract/target.ts";
import { startIngest } from "./deno.ts";

const rootToken = "root-token-of-a-test";

const start = (dataDir: string | undefined): StartTarget => async (options) => {
  const { limits, analyse = tally, allowLoopbackWithoutToken = false } = options;
  const ingest = await startIngest({
    listen: { hostname: "127.0.0.1", port: 0 },
    dataDir,
    rootToken,
    allowLoopbackWithoutToken,
    analyse: (input) => analyse(input),
    ...(limits === undefined ? {} : { limits }),
  });
  return { url: ingest.url, rootToken, stop: ingest.stop };
};

httpContract("memory", start(undefined));

httpContract("sqlite", async (options) => {
  const dataDir = await Deno.makeTempDir();
  const target = await start(dataDir)(options);
  return {
    ...target,
    async stop() {
      await target.stop();
      await Deno.remove(dataDir, { recursive: true });
    },
  };
});
