/** watch as a process behind a pipe, on a real live stream. */
import { equal, match } from "node:assert/strict";
import { createClient } from "../../ingest/mod.ts";
import { command, droppedPacket, lasthop, withIngest } from "../asking/testing.ts";

async function watched(args: string[], id: string, url: string) {
  const client = createClient({ url });
  await client.createIncident({ id });
  const child = command(["watch", "--ingest", url, ...args]).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream());
  const stderr = new Response(child.stderr).text();
  return { client, child, lines, stderr };
}

Deno.test("watch prints what changes as it happens, and ends with its incident", async () => {
  await withIngest(async ({ url }) => {
    const { client, child, lines, stderr } = await watched([], "i", url);
    await client.postBatch("i", droppedPacket("i", 0, 7));
    let text = "";
    for await (const chunk of lines) {
      text += chunk;
      // Only what has been shown is ended: the order is the test's, not the clock's.
      if (text.includes("dropped")) await client.closeIncident("i").catch(() => {});
    }
    match(
      text,
      /^✕ dropped, unexplained: 1 ping from 10\.0\.0\.7 to 10\.9\.9\.9 at eth0 in netns 1 on node-a/m,
    );
    equal((await child.status).code, 0);
    // Whether it asks before the batch comes or after it, is nobody's to say.
    match(
      await stderr,
      /^(lasthop: incident i is empty: no probe has reported to it\n)?lasthop: incident closed\n$/,
    );
  });
});

Deno.test("watch --json gives the events of the stream, and SIGINT ends it in order", async () => {
  await withIngest(async ({ url }) => {
    const { client, child, lines } = await watched(["--json"], "i", url);
    await client.postBatch("i", droppedPacket("i", 0));
    let text = "";
    for await (const chunk of lines) {
      if (text === "") child.kill("SIGINT");
      text += chunk;
    }
    const events = text.trimEnd().split("\n").map((line) => JSON.parse(line).event);
    equal(events[0], "hello");
    equal((await child.status).code, 0);
  });
});

Deno.test("watch refuses an incident that is not there", async () => {
  await withIngest(async ({ url }) => {
    const { code, stderr } = await lasthop(["watch", "--ingest", url, "--incident", "gone"]);
    equal(code, 1);
    match(stderr, /"gone"/);
  });
});
