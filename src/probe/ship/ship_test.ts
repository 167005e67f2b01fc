import { deepStrictEqual as equal, ok } from "node:assert/strict";
import { fakeBatch, sequencesOf } from "../../../test/fake/batch.ts";
import { fakeIngest, type Reply } from "../../../test/fake/ingest.ts";
import { RemoteIngest } from "../../cli/capture/remote_ingest.ts";
import { Shipper } from "./ship.ts";
import { Spool } from "./spool.ts";

interface Shipping {
  shipper: Shipper;
  ingest: ReturnType<typeof fakeIngest>;
  spool: Spool;
  notices: string[];
  /** Milliseconds that were waited, without waiting them. */
  pauses: number[];
  evicted: number[];
}

interface Setup {
  replies?: Reply[];
  /** What happens in a pause, instead of time. */
  onPause?: (shipping: Shipping) => void | Promise<void>;
  charsMax?: number;
  directory: string;
}

/** A shipper that sends to a real server of this process through the real client. */
async function shipping({ replies = [], onPause, charsMax, directory }: Setup): Promise<Shipping> {
  const ingest = fakeIngest(replies);
  const notices: string[] = [];
  const pauses: number[] = [];
  const evicted: number[] = [];
  const onNotice = (text: string) => notices.push(text);
  const onEvicted = (_: string, events: number) => evicted.push(events);
  const remote = new RemoteIngest({
    ingest: ingest.url,
    token: "t",
    incident: "i1",
    filter: "",
    onNotice,
  });
  const spool = await Spool.open({ directory, bytesMax: 1e7, onEvicted });
  const shipper = new Shipper({
    send: (text, signal) => remote.send(text, signal),
    spool,
    onNotice,
    onEvicted,
    charsMax,
    random: () => 0,
    async pause(ms) {
      pauses.push(ms);
      await onPause?.(all);
    },
  });
  const all: Shipping = { shipper, ingest, spool, notices, pauses, evicted };
  return all;
}

async function withFolder(work: (directory: string) => Promise<void>): Promise<void> {
  const parent = await Deno.makeTempDir({ prefix: "lasthop-ship-" });
  try {
    await work(`${parent}/spool`);
  } finally {
    await Deno.remove(parent, { recursive: true });
  }
}

const test = (name: string, work: (directory: string) => Promise<void>) =>
  // Time limits of requests are timers that are left to run out.
  Deno.test(
    `ship: ${name}`,
    { sanitizeOps: false, sanitizeResources: false },
    () => withFolder(work),
  );

test("batches arrive whole, in order, and leave nothing on disk", async (directory) => {
  const { shipper, ingest } = await shipping({ directory });
  for (let i = 0; i < 50; i++) shipper.push(fakeBatch(i));
  equal(await shipper.drain(5_000), true);
  equal(ingest.bodies.flatMap(sequencesOf), Array.from({ length: 50 }, (_, i) => i));
  equal(ingest.requests.every(({ encoding }) => encoding === "gzip"), true);
  equal(shipper.sent, 50);
  await ingest.stop();
});

test("failures that may pass are repeated, ever slower, and lose nothing", async (directory) => {
  const replies: Reply[] = [{ status: 503 }, { status: 500 }, { status: 502, plain: true }, {
    hangUp: true,
  }];
  const { shipper, ingest, pauses, notices } = await shipping({ directory, replies });
  shipper.push(fakeBatch(0));
  equal(await shipper.drain(5_000), true);
  equal(ingest.bodies.flatMap(sequencesOf), [0]);
  equal(pauses, [250, 500, 1_000, 1_000, 1_000]);
  equal(notices.length, 2);
  ok(notices[0]!.includes(`reports wait in ${directory}`));
  equal(notices[1], "the ingest is back: sending what was kept");
  await ingest.stop();
});

test("Retry-After is honoured", async (directory) => {
  const replies: Reply[] = [{ status: 429, retryAfter: 7 }];
  const { shipper, ingest, pauses } = await shipping({ directory, replies });
  shipper.push(fakeBatch(0));
  equal(await shipper.drain(5_000), true);
  equal(pauses.reduce((sum, ms) => sum + ms, 0), 7_000);
  await ingest.stop();
});

test("a token that is refused ends it with words that help, and keeps the batches", async (directory) => {
  for (const [status, code] of [[401, "token_wrong"], [403, "role_insufficient"]] as const) {
    const { shipper, ingest } = await shipping({ directory, replies: [{ status, code }] });
    shipper.push(fakeBatch(0));
    const failure = await shipper.failure;
    equal(failure.code, "token_refused");
    equal(
      failure.message,
      `Cannot send to ingest ${ingest.url}: token was refused (${status}), ` +
        'must be a probe token of incident "i1"',
    );
    equal(await shipper.drain(5_000), false);
    await ingest.stop();
  }
  const { shipper, ingest } = await shipping({ directory });
  equal(await shipper.drain(5_000), true);
  equal(ingest.bodies.flatMap(sequencesOf), [0, 0], "the next start sends what was kept");
  await ingest.stop();
});

test("the incident is made by whoever comes first, when the token may", async (directory) => {
  const missing = { status: 404, code: "incident_missing" };
  const { shipper, ingest } = await shipping({ directory, replies: [missing, { status: 201 }] });
  shipper.push(fakeBatch(0));
  equal(await shipper.drain(5_000), true);
  equal(ingest.requests.map(({ method, path }) => `${method} ${path}`), [
    "POST /v1/incidents/i1/batches",
    "POST /v1/incidents",
    "POST /v1/incidents/i1/batches",
  ]);
  await ingest.stop();
  const replies = [missing, { status: 403, code: "role_insufficient" }];
  const refused = await shipping({ directory, replies });
  refused.shipper.push(fakeBatch(0));
  const { message } = await refused.shipper.failure;
  ok(
    message.endsWith(
      'it has no incident "i1" and the token may not create it, must be created first',
    ),
  );
  await refused.shipper.drain(1_000);
  await refused.ingest.stop();
});

test("an ingest that is away and comes back gets everything once, in order", async (directory) => {
  let pause = 0;
  const { shipper, ingest, spool } = await shipping({
    directory,
    async onPause({ shipper, ingest, spool }) {
      if (++pause > 6) return;
      shipper.push(fakeBatch(pause));
      if (pause === 3) ok(spool.files.length >= 2, "on disk meanwhile");
      if (pause === 6) await ingest.comeBack();
    },
  });
  await ingest.leave();
  shipper.push(fakeBatch(0));
  await ingest.received(7);
  equal(await shipper.drain(5_000), true);
  equal(ingest.bodies.flatMap(sequencesOf), [0, 1, 2, 3, 4, 5, 6]);
  equal(spool.files.length, 0);
  await ingest.stop();
});

test("an ingest that stays away leaves the batches for the next start", async (directory) => {
  const first = await shipping({ directory });
  await first.ingest.leave();
  first.shipper.push(fakeBatch(0));
  first.shipper.push(fakeBatch(1));
  equal(await first.shipper.drain(50), false);
  const second = await shipping({ directory });
  second.shipper.push(fakeBatch(2));
  equal(await second.shipper.drain(5_000), true);
  equal(second.ingest.bodies.flatMap(sequencesOf), [0, 1, 2]);
  await second.ingest.stop();
});

test("a disk that takes nothing is told once, and memory holds what it can", async () => {
  const replies: Reply[] = [{ status: 503 }, { status: 503 }, { status: 503 }];
  // Not even root can make a folder there.
  const { shipper, ingest, notices } = await shipping({ directory: "/proc/lasthop", replies });
  shipper.push(fakeBatch(0));
  shipper.push(fakeBatch(1));
  equal(await shipper.drain(5_000), true);
  equal(ingest.bodies.flatMap(sequencesOf), [0, 1]);
  equal(notices.filter((text) => text.startsWith("Cannot write spool")).length, 1);
  await ingest.stop();
});

test("lines that the ingest refuses are told once", async (directory) => {
  const refused = { refusedTotal: 2, refused: [{ line: 3, reason: "has no time" }] };
  const { shipper, ingest, notices } = await shipping({ directory, replies: [{ refused }] });
  shipper.push(fakeBatch(0));
  equal(await shipper.drain(5_000), true);
  equal(notices, ["the ingest refused 2 lines: has no time"]);
  await ingest.stop();
});
