import { startIngest } from "../deno.ts";
import { clientOf, rawRequest, untilFigure } from "../../../test/contract/target.ts";

// workerd does not tell of a connection that ended before the answer began.
Deno.test("who waits for problems and hangs up makes room for another viewer", async () => {
  const rootToken = "root-token-of-a-test";
  const ingest = await startIngest({
    listen: { hostname: "127.0.0.1", port: 0 },
    rootToken,
    allowLoopbackWithoutToken: false,
  });
  const target = { url: ingest.url, rootToken, stop: ingest.stop };
  try {
    await clientOf(target).createIncident({ id: "p" });
    const connection = await rawRequest(target, "GET /v1/incidents/p/problems?wait=60");
    await untilFigure(target, "viewers", 1);
    connection.close();
    await untilFigure(target, "viewers", 0);
  } finally {
    await ingest.stop();
  }
});
