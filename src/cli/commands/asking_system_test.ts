/** report, list, archive and replay as processes, against an ingest of their own. */
import { deepEqual, equal, match } from "node:assert/strict";
import { Report } from "../../event/report.ts";
import { createClient, type Ingest } from "../../ingest/mod.ts";
import { body, hopLine } from "../../../test/contract/lines.ts";
import { droppedPacket, lasthop, withIngest } from "../asking/testing.ts";

const dead = "http://127.0.0.1:9";

async function fill(ingest: Ingest, id: string, title = ""): Promise<void> {
  const client = createClient({ url: ingest.url });
  await client.createIncident({ id, title });
  await client.postBatch(id, droppedPacket(id, 0));
}

async function withFile(use: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(`${folder}/incident.lasthop`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("report tells the newest incident for a person, and any one as JSON alone", async () => {
  await withIngest(async (ingest) => {
    await fill(ingest, "older");
    await fill(ingest, "newer");
    const person = await lasthop(["report", "--ingest", ingest.url]);
    match(
      person.stdout,
      /^newer {2}1 problem, 1 of 1 ping\n1 flow: 1 dropped\n[^]*✕ dropped {2}icmp 10\.0\.0\.1 → 10\.9/,
    );
    deepEqual([person.code, person.stderr], [0, ""]);
    const json = await lasthop(["report", "--ingest", ingest.url, "--incident", "older", "--json"]);
    equal(Report.parse(JSON.parse(json.stdout)).incident, "older");
  });
});

Deno.test("report without a language writes ASCII only", async () => {
  await withIngest(async (ingest) => {
    await fill(ingest, "i");
    const { stdout } = await lasthop(["report", "--ingest", ingest.url], { LC_ALL: "C" });
    match(stdout, /^[\x20-\x7e\n]+$/);
    match(stdout, /x dropped {2}icmp 10\.0\.0\.1 -> 10\.9\.9\.9/);
  });
});

Deno.test("report says what is wrong: no ingest, no incident, an unknown one, a token", async () => {
  const gone = await lasthop(["report", "--ingest", dead]);
  equal(gone.code, 1);
  match(gone.stderr, /^lasthop: Cannot reach the ingest at http:\/\/127\.0\.0\.1:9: /);
  await withIngest(async ({ url }) => {
    const empty = await lasthop(["report", "--ingest", url]);
    match(empty.stderr, /Cannot choose an incident: the ingest at .* has none, must have one/);
    const unknown = await lasthop(["report", "--ingest", url, "--incident", "x"]);
    deepEqual([unknown.code, unknown.stdout], [1, ""]);
    match(unknown.stderr, /"x"/);
  });
  await withIngest(async ({ url }) => {
    const refused = await lasthop(["report", "--ingest", url, "--token", "wrong"]);
    equal(refused.code, 1);
    match(refused.stderr, /token/);
    equal(refused.stderr.includes("wrong"), false);
    const taken = await lasthop(["list", "--ingest", url], { LASTHOP_TOKEN: "right" });
    deepEqual([taken.code, taken.stdout], [0, "no incidents\n"]);
  }, "right");
});

Deno.test("list shows the newest first, hostile titles escaped, and JSON as the API has it", async () => {
  await withIngest(async (ingest) => {
    await fill(ingest, "older", "one\x1b[2J");
    await fill(ingest, "newer");
    const { stdout } = await lasthop(["list", "--ingest", ingest.url]);
    const time = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d UTC`;
    match(stdout, new RegExp(`^open    ${time}  2 events  newer\nopen    .*older  one⟨U\\+001B⟩`));
    const json = JSON.parse((await lasthop(["list", "--ingest", ingest.url, "--json"])).stdout);
    deepEqual(json.incidents.map(({ id }: { id: string }) => id), ["newer", "older"]);
  });
});

/** Times of the API are whole milliseconds. */
async function nextMs(): Promise<void> {
  for (const began = Date.now(); Date.now() === began;) await Promise.resolve();
}

Deno.test("the newest is the one with the latest activity, and an empty one is said to be empty", async () => {
  await withIngest(async (ingest) => {
    const client = createClient({ url: ingest.url });
    const asks = ["report", "--ingest", ingest.url, "--incident", "newest", "--json"];
    await client.createIncident({ id: "waits" });
    const empty = await lasthop(asks);
    equal(JSON.parse(empty.stdout).incident, "waits");
    equal(empty.stderr, "lasthop: incident waits is empty: no probe has reported to it\n");
    await fill(ingest, "older");
    await fill(ingest, "newer");
    await nextMs();
    await client.postBatch("older", body({ incident: "older", sequence: 1 }, hopLine(7)));
    await nextMs();
    await client.createIncident({ id: "later" });
    const found = await lasthop(asks);
    deepEqual([JSON.parse(found.stdout).incident, found.stderr], ["older", ""]);
    const { stdout } = await lasthop(["list", "--ingest", ingest.url]);
    const lines = stdout.trim().split("\n").map((line) => line.replace(/^open .* UTC +/, ""));
    deepEqual(lines, ["empty  later", "3 events  older", "2 events  newer", "empty  waits"]);
  });
});

Deno.test("archive and replay: the replayed report is byte for byte the live one", async () => {
  await withFile(async (path) => {
    await withIngest(async (ingest) => {
      await fill(ingest, "i");
      await createClient({ url: ingest.url }).closeIncident("i");
      const live = await lasthop(["report", "--ingest", ingest.url, "--json"]);
      const kept = await lasthop(["archive", path, "--ingest", ingest.url]);
      match(kept.stdout, /^incident i is in .*incident\.lasthop, [\d,]+ bytes\n$/);
      const replayed = await lasthop(["replay", path, "--json"]);
      deepEqual([replayed.code, replayed.stderr], [0, ""]);
      equal(replayed.stdout, live.stdout);
      const person = await lasthop(["replay", path]);
      equal(person.stdout, (await lasthop(["report", "--ingest", ingest.url])).stdout);
    });
  });
});

Deno.test("archive writes to stdout, and leaves an old file alone when it fails", async () => {
  await withFile(async (path) => {
    await withIngest(async (ingest) => {
      await fill(ingest, "i");
      const args = ["archive", "-", "--ingest", ingest.url, "--json"];
      const { stdout } = await lasthop(args);
      equal(stdout.charCodeAt(0), 0x1f);
      await Deno.writeTextFile(path, "old");
      const failed = await lasthop(["archive", path, "--ingest", dead]);
      deepEqual([failed.code, await Deno.readTextFile(path)], [1, "old"]);
      const nowhere = await lasthop(["archive", `${path}/no/x`, "--ingest", ingest.url]);
      match(nowhere.stderr, /Cannot write archive ".*": .*, must be a file in a folder with room/);
    });
  });
});

Deno.test("replay reports what is whole of a cut archive, says so, and exits 1", async () => {
  await withFile(async (path) => {
    await withIngest(async (ingest) => {
      await fill(ingest, "i");
      const client = createClient({ url: ingest.url });
      const more = Array.from({ length: 399 }, (_, i) => droppedPacket("i", i + 1, i % 250));
      await client.postBatch("i", more.join(""));
      await lasthop(["archive", path, "--ingest", ingest.url]);
    });
    const whole = await Deno.readFile(path);
    await Deno.writeFile(path, whole.subarray(0, whole.length >> 1));
    const { code, stdout, stderr } = await lasthop(["replay", path, "--json"]);
    equal(code, 1);
    match(stderr, /archive ".*" is cut: \d+ of 400 batches are whole, and only they are in/);
    equal(Report.parse(JSON.parse(stdout)).incident, "i");
  });
});

Deno.test("replay refuses what is no archive, and says what it is", async () => {
  await withFile(async (path) => {
    const refused = async (pattern: RegExp) => {
      const { code, stdout, stderr } = await lasthop(["replay", path]);
      deepEqual([code, stdout], [1, ""]);
      match(stderr, pattern);
    };
    await refused(/Cannot read archive ".*": no such file, must be a file that lasthop archived/);
    await Deno.writeTextFile(path, "nothing compressed");
    await refused(/it is no gzip file, or was cut at once/);
    const other = new Blob(['{"kind":"other"}\n']).stream();
    await Deno.writeFile(path, other.pipeThrough(new CompressionStream("gzip")));
    await refused(/its first line's "kind" is not "archive"/);
  });
});
