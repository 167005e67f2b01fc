import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { DROP, fakeBatch, ORDINARY, sequencesOf } from "../../../test/fake/batch.ts";
import { gunzip } from "../../probe/ship/gzip.ts";
import { requireArchivePath } from "../asking/archive_file.ts";
import { archivePath, boundKept, keptFolder, keptIn, openPath } from "./folder.ts";
import { Journal } from "./journal.ts";
import { lastKept } from "./last.ts";

/** Runs with the path of a folder that is not there yet. */
async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const parent = await Deno.makeTempDir({ prefix: "lasthop-kept-" });
  try {
    await work(`${parent}/lasthop`);
  } finally {
    await Deno.remove(parent, { recursive: true });
  }
}

const about = (incident = "i1") => ({ incident, title: "t", filter: "tcp", createdMs: 1 });

const open = (folder: string, name = "i1") =>
  Journal.open({
    folder,
    name,
    about: about(),
    onFailure(why) {
      throw new Error(why);
    },
  });

const textOf = async (path: string) => await gunzip(await Deno.readFile(path));
const names = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
const modeOf = (path: string) => (Deno.lstatSync(path).mode! & 0o777).toString(8);

/** A file that was written so many seconds after 1970. */
async function fileAt(path: string, seconds: number, bytes = 10): Promise<void> {
  await Deno.writeFile(path, new Uint8Array(bytes));
  await Deno.utime(path, seconds, seconds);
}

Deno.test("kept: systemd's folder, else XDG's, else the home's, each only when it is absolute", () => {
  const folder = (env: Record<string, string>) => keptFolder((name) => env[name]);
  equal(folder({ STATE_DIRECTORY: "/var/lib/a:/var/lib/b", HOME: "/root" }), "/var/lib/a");
  equal(folder({ XDG_STATE_HOME: "/state", HOME: "/root" }), "/state/lasthop");
  equal(folder({ XDG_STATE_HOME: "state", HOME: "/root" }), "/root/.local/state/lasthop");
  equal(folder({}), null);
});

Deno.test("kept: a trace that ends leaves one archive of all its batches, for its owner alone", () =>
  inFolder(async (folder) => {
    const journal = await open(folder);
    for (let i = 0; i < 3; i++) journal.push(fakeBatch(i));
    const path = await journal.finish(2);
    equal(path, archivePath(folder, "i1"));
    deepEqual(names(folder), ["i1.lasthop.gz"]);
    deepEqual([modeOf(folder), modeOf(path!)], ["700", "600"]);
    const text = await textOf(path!);
    deepEqual(sequencesOf(text), [0, 1, 2]);
    const header = JSON.parse(text.split("\n")[0]!);
    deepEqual([header.batches, header.incident, header.closed, header.closedMs], [
      3,
      "i1",
      true,
      2,
    ]);
  }));

Deno.test("kept: a trace that saw nothing leaves nothing", () =>
  inFolder(async (folder) => {
    equal(await (await open(folder)).finish(2), null);
    deepEqual(names(folder), []);
  }));

Deno.test("kept: of a trace that was killed what it had written is opened; a running one is not", () =>
  inFolder(async (folder) => {
    const before = await open(folder, "before");
    before.push(fakeBatch(0));
    await before.finish(2);
    const journal = await open(folder, "killed");
    for (let i = 0; i < 4; i++) journal.push(fakeBatch(i, bigLines(i)));
    await written(journal, 1);
    equal((await lastKept(folder)).path, archivePath(folder, "before"));
    // The kernel lets go of the lock of a process that is killed.
    await copyUnlocked(openPath(folder, "killed"), openPath(folder, "cut"));
    const last = await lastKept(folder);
    deepEqual([last.path, last.wasCut], [archivePath(folder, "cut"), true]);
    const text = await textOf(last.path);
    ok(sequencesOf(text).length > 0);
    equal(JSON.parse(text.split("\n")[0]!).batches, sequencesOf(text).length);
    ok(!names(folder).includes("cut.open"));
    await journal.discard();
    deepEqual(names(folder), ["before.lasthop.gz", "cut.lasthop.gz"]);
  }));

Deno.test("kept: the oldest go, by count and by bytes, and neither the newest nor a running one", () =>
  inFolder(async (folder) => {
    const running = await open(folder, "running");
    running.push(fakeBatch(0, bigLines(0)));
    await written(running, 1);
    await Deno.utime(openPath(folder, "running"), 1, 1);
    for (let i = 2; i < 8; i++) await fileAt(`${folder}/a${i}.lasthop.gz`, i);
    await boundKept(folder, `${folder}/a2.lasthop.gz`, { count: 4, bytes: 1e9 });
    const left = ["a2.lasthop.gz", "a5.lasthop.gz", "a6.lasthop.gz", "a7.lasthop.gz"];
    deepEqual(names(folder), [...left, "running.open"]);
    await boundKept(folder, null, { count: 99, bytes: 25 });
    deepEqual(names(folder), ["a6.lasthop.gz", "a7.lasthop.gz", "running.open"]);
    await running.discard();
  }));

Deno.test("kept: what is somebody's own stays, and halves go whose writer is gone", () =>
  inFolder(async (folder) => {
    const running = await open(folder, "running");
    running.push(fakeBatch(0, bigLines(0)));
    await written(running, 1);
    await fileAt(`${folder}/.running.lasthop.gz.0a1b2c3d`, 1);
    await fileAt(`${folder}/.gone.lasthop.gz.0a1b2c3d`, 1);
    await fileAt(`${folder}/notes.txt`, 1);
    await Deno.mkdir(`${folder}/spool`);
    await Deno.symlink("/etc/passwd", `${folder}/link.lasthop.gz`);
    await boundKept(folder, null, { count: 0, bytes: 0 });
    deepEqual(names(folder), [
      ...[".running.lasthop.gz.0a1b2c3d", "link.lasthop.gz", "notes.txt", "running.open", "spool"],
    ]);
    deepEqual((await keptIn(folder)).map(({ kind }) => kind), ["open"]);
    await running.discard();
  }));

Deno.test("kept: many small files of a long trace are put together, and nothing is lost or doubled", () =>
  inFolder(async (folder) => {
    const journal = await open(folder);
    for (let i = 0; i < 200; i++) {
      journal.push(fakeBatch(i, [i % 2 === 0 ? ORDINARY : DROP]));
      await journal.flush();
    }
    ok(journal.spool.files.length <= 65, String(journal.spool.files.length));
    const sequences = sequencesOf(await textOf((await journal.finish(2))!));
    deepEqual(sequences.toSorted((a, b) => a - b), Array.from({ length: 200 }, (_, i) => i));
  }));

Deno.test("kept: where nothing can be written it is said, and nothing is thrown later", () =>
  inFolder(async (folder) => {
    const said: string[] = [];
    const onFailure = (why: string) => void said.push(why);
    const journal = await Journal.open({ folder, name: "i1", about: about(), onFailure });
    await Deno.remove(folder, { recursive: true });
    await Deno.writeTextFile(folder, "");
    journal.push(fakeBatch(0));
    await journal.flush();
    journal.push(fakeBatch(1));
    equal(await journal.finish(2), null);
    equal(said.length, 1);
    match(said[0]!, /^Cannot write spool /);
    ok(!said[0]!.includes("--spool"));
    await rejects(open(folder));
  }));

Deno.test("kept: without an archive the last one is a clear error", () =>
  inFolder(async (folder) => {
    await rejects(lastKept(folder), { code: "nothing_kept", exitCode: 2 });
    await rejects(lastKept(null), /there is no HOME/);
  }));

Deno.test("an archive that could not be written is refused before the trace begins", () =>
  inFolder(async (folder) => {
    const refused = { code: "archive_failed" };
    await rejects(requireArchivePath(`${folder}/a.gz`), refused);
    await Deno.mkdir(folder, { mode: 0o700 });
    await requireArchivePath(`${folder}/a.gz`);
    await Deno.writeTextFile(`${folder}/a.gz`, "old");
    await requireArchivePath(`${folder}/a.gz`);
    equal(await Deno.readTextFile(`${folder}/a.gz`), "old");
    deepEqual(names(folder), ["a.gz"]);
    await rejects(requireArchivePath(folder), /it is a folder/);
    await rejects(requireArchivePath("/proc/a.gz"), refused);
    await Deno.chmod(folder, 0o777);
    await rejects(requireArchivePath(`${folder}/a.gz`), /others may write/);
  }));

/** Lines that are too long to wait for more. */
const bigLines = (seed: number) =>
  Array.from({ length: 300 }, (_, i) => `${ORDINARY}${seed}${i}${"x".repeat(1_000)}`);

/** Resolves when the journal has so many files on disk. */
async function written(journal: Journal, files: number): Promise<void> {
  await journal.flush();
  ok(journal.spool.files.length >= files);
}

async function copyUnlocked(from: string, to: string): Promise<void> {
  await Deno.mkdir(to);
  for (const name of names(from)) await Deno.copyFile(`${from}/${name}`, `${to}/${name}`);
}
