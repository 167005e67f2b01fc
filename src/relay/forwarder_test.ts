/** What a relay does while its ingest is away, and after. */
import { deepEqual, equal } from "node:assert/strict";
import { body, hopLine } from "../../test/contract/lines.ts";
import { Spool } from "../probe/ship/spool.ts";
import { Forwarder } from "./forwarder.ts";
import type { SentText } from "./relayed_body.ts";
import { type Answered, Away } from "./upstream.ts";

const TAKEN: Answered = { status: 200, body: { accepted: 1 }, retryAfterSeconds: null };

const batchOf = (sequence: number): SentText => ({
  incident: "i",
  token: "t",
  text: body({ sequence }, hopLine(sequence)),
});

/** The ingest behind it, which takes batches when it is not away. */
interface Behind {
  isAway: boolean;
  /** Told of each text that it took. */
  onTaken(text: string): void;
}

/** A forwarder whose ingest is away at first; its pauses take no time. */
async function withForwarder(
  run: (forwarder: Forwarder, ingest: Behind) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "lasthop-forwarder-" });
  const spool = await Spool.open({ directory, bytesMax: Infinity, onEvicted() {} });
  const ingest: Behind = { isAway: true, onTaken() {} };
  const forwarder = new Forwarder({
    upstream: {
      send(sent) {
        if (ingest.isAway) return Promise.reject(new Away("it is away"));
        for (const { text } of sent) ingest.onTaken(text);
        return Promise.resolve(sent.map(() => TAKEN));
      },
    },
    spool,
    spoolBytesMax: 1e6,
    onNotice() {},
    pause: () => Promise.resolve(),
  });
  try {
    await run(forwarder, ingest);
  } finally {
    await forwarder.close();
    await Deno.remove(directory, { recursive: true }).catch(() => {});
  }
}

Deno.test("forwarder: what was kept is sent once the ingest is back, without a new start", async () => {
  await withForwarder(async (forwarder, ingest) => {
    const waiting = new Set([0, 1].map((sequence) => batchOf(sequence).text));
    for (const sequence of [0, 1]) {
      equal((await forwarder.forward(batchOf(sequence))).body.kept, "relay");
    }
    const all = Promise.withResolvers<void>();
    ingest.onTaken = (text) => {
      waiting.delete(text);
      if (waiting.size === 0) all.resolve();
    };
    ingest.isAway = false;
    await all.promise;
    // It says itself what it takes from now on.
    while ((await forwarder.forward(batchOf(2))).body.kept === "relay");
    deepEqual(await forwarder.forward(batchOf(2)), TAKEN);
  });
});

Deno.test("forwarder: a check of a probe while the ingest is away does not keep it away", async () => {
  await withForwarder(async (forwarder, ingest) => {
    equal((await forwarder.forward({ ...batchOf(0), text: "" })).status, 503);
    ingest.isAway = false;
    deepEqual(await forwarder.forward(batchOf(0)), TAKEN);
  });
});

Deno.test("forwarder: what comes when the last body has just been answered is sent", async () => {
  await withForwarder(async (forwarder, ingest) => {
    ingest.isAway = false;
    // Each begins so many turns after the answer before it, where the end of sending might miss it.
    for (let turns = 0; turns < 8; turns++) {
      const first = forwarder.forward(batchOf(0));
      await first;
      for (let turn = 0; turn < turns; turn++) await null;
      deepEqual(await forwarder.forward(batchOf(1)), TAKEN);
    }
  });
});
