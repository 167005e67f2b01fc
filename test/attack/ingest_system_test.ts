/** A probe and the commands against an ingest that is an enemy: a real server on loopback. */
import { equal, ok, rejects } from "node:assert/strict";
import { RemoteIngest } from "../../src/cli/capture/remote_ingest.ts";
import { createClient } from "../../src/ingest/client/client.ts";
import { Shipper } from "../../src/probe/ship/ship.ts";
import { Spool } from "../../src/probe/ship/spool.ts";
import { fakeBatch, textOf } from "../fake/batch.ts";

type Handle = (request: Request) => Response | Promise<Response>;

async function enemy(handle: Handle, attack: (url: string) => Promise<void>): Promise<void> {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    await request.arrayBuffer();
    return await handle(request);
  });
  try {
    await attack(`http://127.0.0.1:${server.addr.port}`);
  } finally {
    await server.shutdown();
  }
}

const remote = (ingest: string) =>
  new RemoteIngest({ ingest, token: "secret", incident: "i1", filter: "", onNotice() {} });

// Time limits of requests are timers that are left to run out.
const test = (name: string, fn: () => Promise<void>) =>
  Deno.test({ name: `enemy ingest: ${name}`, sanitizeOps: false, sanitizeResources: false, fn });

/** JSON that does not end; `sent` counts how much of it was taken. */
function endless(status: number, sent: { bytes: number }): Response {
  const piece = new TextEncoder().encode(`{"a":"${"x".repeat(65_536)}`);
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      sent.bytes += piece.length;
      // The attack gives up before it harms the machine that runs the test.
      if (sent.bytes > 512 * 2 ** 20) controller.close();
      else controller.enqueue(piece);
    },
  });
  const headers = { "content-type": "application/problem+json" };
  return new Response(body, { status, headers });
}

for (const status of [200, 500]) {
  test(`an answer ${status} without an end costs a bounded part of it`, async () => {
    const sent = { bytes: 0 };
    await enemy(() => endless(status, sent), async (url) => {
      await rejects(remote(url).send(textOf(fakeBatch(1)), AbortSignal.timeout(60_000)), {
        code: "ingest_strange",
        message: /answered more than \d+ bytes/,
      });
      ok(sent.bytes < 16 * 2 ** 20, `${sent.bytes} bytes were taken`);
    });
  });
}

test("an answer that is a gzip bomb is cut off where it is too large", async () => {
  const zeros = new Response(new Uint8Array(256 * 2 ** 20)).body!;
  const bomb = await new Response(zeros.pipeThrough(new CompressionStream("gzip"))).bytes();
  const headers = { "content-encoding": "gzip", "content-type": "application/json" };
  await enemy(() => new Response(bomb, { headers }), async (url) => {
    await rejects(remote(url).send(textOf(fakeBatch(1)), AbortSignal.timeout(60_000)), {
      message: /answered more than \d+ bytes/,
    });
  });
});

test("a redirect is not followed, so that neither token nor events go elsewhere", async () => {
  const seen: (string | null)[] = [];
  const thief = (request: Request) => {
    seen.push(request.headers.get("authorization"));
    return Response.json({ accepted: 1, duplicates: 0, refused: [], refusedTotal: 0 });
  };
  await enemy(thief, async (there) => {
    for (const status of [301, 302, 307, 308]) {
      const away = () => new Response(null, { status, headers: { location: `${there}/x` } });
      await enemy(away, async (url) => {
        await rejects(remote(url).send(textOf(fakeBatch(1)), AbortSignal.timeout(10_000)), {
          code: "ingest_redirects",
        });
        await rejects(createClient({ url, token: "secret" }).report("i1"), {
          code: "ingest_redirects",
        });
      });
    }
  });
  equal(seen.length, 0);
});

test("what it does not acknowledge stays in the spool", async () => {
  const lies: unknown[] = [
    { accepted: 0, duplicates: 0, refused: [], refusedTotal: 0 },
    { accepted: 1, duplicates: 0, refused: [], refusedTotal: 0 },
    { accepted: 3, duplicates: 0, refused: [], refusedTotal: 0 },
    { accepted: -1, duplicates: 3, refused: [], refusedTotal: 0 },
    { accepted: "2", duplicates: 0, refused: [], refusedTotal: 0 },
    {},
    null,
    "OK",
  ];
  for (const lie of lies) {
    const directory = await Deno.makeTempDir({ prefix: "lasthop-attack-" });
    try {
      await enemy(() => Response.json(lie), async (url) => {
        const spool = await Spool.open({ directory, bytesMax: 1e7, onEvicted() {} });
        await spool.add(textOf(fakeBatch(1)) + textOf(fakeBatch(2)));
        const asked = Promise.withResolvers<void>();
        const ingest = remote(url);
        const shipper = new Shipper({
          send: (text, signal) => ingest.send(text, signal),
          spool,
          onNotice() {},
          onEvicted() {},
          pause(_, signal) {
            asked.resolve();
            return new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
          },
        });
        await Promise.race([asked.promise, shipper.failure, shipper.drain(5_000)]);
        equal(await shipper.drain(0), false, JSON.stringify(lie));
        equal(spool.files.length, 1, JSON.stringify(lie));
      });
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  }
});

test("a certificate of somebody else's ends it, and nothing was said to him", async () => {
  const folder = await Deno.makeTempDir({ prefix: "lasthop-attack-" });
  let asked = 0;
  const [key, cert] = [`${folder}/key`, `${folder}/cert`];
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  const made = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", ...subject];
  await new Deno.Command("openssl", { args: [...made, "-keyout", key, "-out", cert] }).output();
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    key: await Deno.readTextFile(key),
    cert: await Deno.readTextFile(cert),
    onListen() {},
  }, () => {
    asked += 1;
    return Response.json({});
  });
  try {
    const url = `https://localhost:${server.addr.port}`;
    const untrusted = { code: "ingest_untrusted", retryable: false };
    await rejects(remote(url).send(textOf(fakeBatch(1)), AbortSignal.timeout(10_000)), untrusted);
    await rejects(remote(url).check(), untrusted);
    equal(asked, 0);
  } finally {
    await server.shutdown();
    await Deno.remove(folder, { recursive: true });
  }
});
