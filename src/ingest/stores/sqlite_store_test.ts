import { deepEqual, equal, match, ok, rejects, throws } from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { hopLine, newBatch } from "../../../test/contract/lines.ts";
import { storeContract } from "../../../test/contract/store.ts";
import { LasthopError } from "../../event/error.ts";
import { DEFAULT_LIMITS } from "../limits.ts";
import { openSqliteStore, type SqliteStore } from "./sqlite_store.ts";
import { type Store, StoreFull } from "./store.ts";

const LIMITS = { ...DEFAULT_LIMITS.store, reserveBytes: 0 };

const INCIDENT = { id: "i", title: "", filter: "", createdMs: 1, importing: false };

storeContract("sqlite", async (limits) => {
  const directory = await Deno.makeTempDir();
  const own = { ...limits, reserveBytes: 0 };
  let store = openSqliteStore(directory, own);
  return {
    store,
    async reopen() {
      await store.close();
      store = openSqliteStore(directory, own);
      return store;
    },
    async cleanUp() {
      await store.close();
      await Deno.remove(directory, { recursive: true });
    },
  };
});

async function withStore(run: (store: SqliteStore, directory: string) => Promise<void>) {
  const directory = await Deno.makeTempDir();
  const store = openSqliteStore(directory, LIMITS);
  try {
    await store.createIncident(INCIDENT);
    await run(store, directory);
  } finally {
    await store.close();
    await Deno.remove(directory, { recursive: true });
  }
}

/** Text that gzip can't make smaller. */
function noise(chars: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(Math.min(chars / 2, 65_536)));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}

const noisyBatch = (sequence: number) => {
  const text = `${noise(40_000)}\n`;
  const segments = [{ tier: "ordinary" as const, lines: 1, text }];
  return { ...newBatch({ sequence }), segments };
};

/** Appends until the disk is full; gives how many were acknowledged. */
async function fill(store: Store): Promise<number> {
  for (let sequence = 0; sequence < 1000; sequence++) {
    try {
      equal((await store.append("i", noisyBatch(sequence))).status, "stored");
    } catch (error) {
      ok(error instanceof StoreFull, String(error));
      return sequence;
    }
  }
  throw new Error("Cannot fill the store: it never was full");
}

const rowsOf = async (store: Store) =>
  (await Array.fromAsync(store.readBatches("i"))).map(({ header }) => header.sequence);

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

Deno.test("a database at its page limit refuses a batch and keeps what it acknowledged", () =>
  withStore(async (store) => {
    store.database.exec("PRAGMA max_page_count = 100");
    const stored = await fill(store);
    ok(stored > 3, `only ${stored} batches fitted`);
    deepEqual(await rowsOf(store), upTo(stored));
    equal((await store.getIncident("i"))!.counters.batches, stored);
    store.database.exec("PRAGMA max_page_count = 1000");
    equal((await store.append("i", noisyBatch(stored))).status, "stored");
    deepEqual(await rowsOf(store), upTo(stored + 1));
  }));

Deno.test("batches committed together are refused together, and can be sent again", () =>
  withStore(async (store) => {
    store.database.exec("PRAGMA max_page_count = 40");
    const first = await Promise.allSettled(upTo(20).map((i) => store.append("i", noisyBatch(i))));
    deepEqual(new Set(first.map(({ status }) => status)), new Set(["rejected"]));
    deepEqual(await rowsOf(store), []);
    store.database.exec("PRAGMA max_page_count = 4000");
    const again = await Promise.all(upTo(20).map((i) => store.append("i", noisyBatch(i))));
    deepEqual(new Set(again.map(({ status }) => status)), new Set(["stored"]));
  }));

const mountable = Deno.uid() === 0 &&
  new Deno.Command("unshare", { args: ["-m", "true"] }).outputSync().success;

/** Runs with a directory that is a disk of its own. */
async function onSmallDisk(size: string, run: (directory: string) => Promise<void>) {
  const directory = await Deno.makeTempDir();
  const args = ["-t", "tmpfs", "-o", `size=${size},mode=700`, "lasthop-test", directory];
  const mount = await new Deno.Command("mount", { args }).output();
  ok(mount.success, new TextDecoder().decode(mount.stderr));
  try {
    await run(directory);
  } finally {
    await new Deno.Command("umount", { args: [directory] }).output();
    await Deno.remove(directory);
  }
}

Deno.test({
  name: "on a disk without room nothing is acknowledged and nothing is lost",
  ignore: !mountable,
  fn: () =>
    onSmallDisk("8m", async (directory) => {
      const store = openSqliteStore(directory, LIMITS);
      await store.createIncident(INCIDENT);
      const stored = await fill(store);
      ok(stored > 3, `only ${stored} batches fitted`);
      deepEqual(await rowsOf(store), upTo(stored));
      await rejects(store.append("i", noisyBatch(stored)), StoreFull);
      await store.close();
      const again = openSqliteStore(directory, LIMITS);
      deepEqual(await rowsOf(again), upTo(stored));
      await again.close();
    }),
});

Deno.test({
  name: "on a disk without room an incident can be deleted, and then there is room",
  ignore: !mountable,
  fn: () =>
    onSmallDisk("16m", async (directory) => {
      const store = openSqliteStore(directory, DEFAULT_LIMITS.store);
      try {
        await store.createIncident(INCIDENT);
        await store.createIncident({ ...INCIDENT, id: "small" });
        await store.append("small", newBatch({}, hopLine(1)));
        const stored = await fill(store);
        equal(await store.deleteIncident("i"), true);
        await store.createIncident(INCIDENT);
        const again = await fill(store);
        ok(again > stored / 2, `${again} batches fitted instead of ${stored}`);
        equal((await Array.fromAsync(store.readBatches("small"))).length, 1);
      } finally {
        await store.close();
      }
    }),
});

Deno.test("a second ingest on the same data is refused", () =>
  withStore((_, directory) => {
    throws(() => openSqliteStore(directory, LIMITS), /another ingest uses it/);
    return Promise.resolve();
  }));

Deno.test("a file that is no database, or a newer one, is left alone", async () => {
  const directory = await Deno.makeTempDir();
  const path = `${directory}/lasthop.sqlite`;
  await Deno.writeTextFile(path, "not a database, but longer than a header of one ".repeat(9));
  const before = await Deno.readFile(path);
  throws(() => openSqliteStore(directory, LIMITS), (error: LasthopError) => {
    match(error.message, /^Cannot open .*: .* must be a database of lasthop's$/);
    return error.code === "data_unusable";
  });
  deepEqual(await Deno.readFile(path), before);
  await Deno.remove(path);
  const newer = new DatabaseSync(path);
  newer.exec("PRAGMA user_version = 99");
  newer.close();
  throws(() => openSqliteStore(directory, LIMITS), /its version is 99, must be at most 3/);
  throws(() => openSqliteStore(`${path}/in`, LIMITS), /must be a writable directory/);
  await Deno.remove(directory, { recursive: true });
});

Deno.test("a file of version 1 is brought up to date with everything in it", async () => {
  const directory = await Deno.makeTempDir();
  const reopen = async <T>(use: (store: SqliteStore) => Promise<T>) => {
    const store = openSqliteStore(directory, LIMITS);
    return await use(store).finally(() => store.close());
  };
  const before = await reopen(async (store) => {
    await store.createIncident(INCIDENT);
    await store.append("i", newBatch({}, hopLine(1)));
    return await store.getIncident("i");
  });
  const old = new DatabaseSync(`${directory}/lasthop.sqlite`);
  const document = JSON.stringify({ ...before, arrivedMs: undefined });
  old.prepare("UPDATE incidents SET document = ?").run(document);
  for (const column of ["nodes_max", "code", "node", "peer"]) {
    old.exec(`ALTER TABLE tokens DROP COLUMN ${column}`);
  }
  old.exec("DROP TABLE audit; PRAGMA user_version = 1");
  old.close();
  const done = { atMs: 1, role: null, action: "a", change: true, incident: null, subject: null };
  for (const token of ["first", "second"]) {
    await reopen(async (store) => {
      deepEqual(await store.getIncident("i"), before);
      deepEqual(await rowsOf(store), [0]);
      await store.appendAudit({ ...done, token, outcome: "ok" });
      equal((await store.listAudit({ limit: 9 })).entries[0]!.token, token);
    });
  }
  await Deno.remove(directory, { recursive: true });
});

Deno.test("only its owner can read what the ingest keeps", () =>
  withStore(async (store, directory) => {
    await store.append("i", newBatch({}, hopLine(1)));
    for await (const { name } of Deno.readDir(directory)) {
      const { mode } = await Deno.stat(`${directory}/${name}`);
      equal(mode! & 0o777, 0o600, name);
    }
  }));

Deno.test("deleting an incident gives its room back to the disk", () =>
  withStore(async (store, directory) => {
    for (const i of upTo(50)) await store.append("i", noisyBatch(i));
    const size = async () => (await Deno.stat(`${directory}/lasthop.sqlite`)).size;
    await store.deleteIncident("i");
    ok(await size() < 200_000, `${await size()} bytes are left`);
    equal((await store.append("i", newBatch({}, hopLine(1)))).status, "missing");
  }));
