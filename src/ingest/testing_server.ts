/** An ingest as a process of its own, for tests that kill it. Argument: the data directory. */
import { tally } from "../../test/contract/tally.ts";
import { startIngest } from "./deno.ts";

const ingest = await startIngest({
  listen: { hostname: "127.0.0.1", port: 0 },
  dataDir: Deno.args[0],
  allowLoopbackWithoutToken: true,
  limits: { requestsPerSecond: 100_000, requestsBurst: 100_000 },
  analyse: (input) => tally(input),
});
console.log(ingest.url);
