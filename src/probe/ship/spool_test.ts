import { deepStrictEqual as equal, ok, rejects } from "node:assert/strict";
import { DROP, fakeBatch, ORDINARY, sequencesOf, textOf } from "../../../test/fake/batch.ts";
import { Spool } from "./spool.ts";

/** Runs with a folder that is not there yet. */
async function inFolder(work: (directory: string) => Promise<void>): Promise<void> {
  const parent = await Deno.makeTempDir({ prefix: "lasthop-spool-" });
  try {
    await work(`${parent}/spool`);
  } finally {
    await Deno.remove(parent, { recursive: true });
  }
}

async function open(directory: string, bytesMax = 1e6) {
  const evicted: [string, number][] = [];
  const onEvicted = (node: string, events: number) => evicted.push([node, events]);
  return { evicted, spool: await Spool.open({ directory, bytesMax, onEvicted }) };
}

async function contents(spool: Spool): Promise<string> {
  const texts = await Promise.all([...spool.files].map((file) => spool.read(file)));
  return texts.join("");
}

const names = (directory: string) =>
  [...Deno.readDirSync(directory)].map(({ name }) => name).sort();

Deno.test("spool: makes no folder before there is something to keep, leaves none behind", () =>
  inFolder(async (directory) => {
    const { spool } = await open(directory);
    await rejects(Deno.stat(directory), Deno.errors.NotFound);
    await spool.add(textOf(fakeBatch(1)));
    equal(names(directory), ["000000000000.full.gz", "lock"]);
    await spool.remove(spool.files[0]!);
    await spool.close();
    await rejects(Deno.stat(directory), Deno.errors.NotFound);
  }));

Deno.test("spool: the next run finds what was left, in order, and numbers go on", () =>
  inFolder(async (directory) => {
    const first = await open(directory);
    await first.spool.add(textOf(fakeBatch(1)) + textOf(fakeBatch(2)));
    await first.spool.add(textOf(fakeBatch(3, [DROP])));
    await first.spool.close();
    const { spool } = await open(directory);
    await spool.add(textOf(fakeBatch(4)));
    equal(spool.files.map(({ name }) => name), [
      "000000000000.full.gz",
      "000000000001.thin.gz",
      "000000000002.full.gz",
    ]);
    equal(sequencesOf(await contents(spool)), [1, 2, 3, 4]);
    await spool.close();
  }));

Deno.test("spool: at the limit the oldest hops go first, then the oldest files, all counted", () =>
  inFolder(async (directory) => {
    const hops = Array.from({ length: 500 }, (_, i) => `device-rx\t${i}\t0\tf${i}`);
    const { spool, evicted } = await open(directory, 20_000);
    for (let i = 1; i <= 12; i++) await spool.add(textOf(fakeBatch(i, [...hops, DROP])));
    ok(spool.bytes <= 20_000);
    const text = await contents(spool);
    const drops = text.split("\n").filter((line) => line === DROP).length;
    equal(drops, 12, "drops of thinned batches are kept");
    equal(sequencesOf(text), Array.from({ length: 12 }, (_, i) => i + 1));
    const kept = text.split("\n").filter((line) => line.startsWith("device-rx")).length;
    equal(evicted.reduce((sum, [, count]) => sum + count, kept), 12 * 500);
    await spool.close();
    const small = await open(directory, 1);
    await small.spool.add(textOf(fakeBatch(13, [DROP])));
    equal(sequencesOf(await contents(small.spool)), [13]);
    await small.spool.close();
  }));

Deno.test("spool: a damaged file costs itself alone; half-written ones are nothing", () =>
  inFolder(async (directory) => {
    const first = await open(directory);
    for (let i = 1; i <= 3; i++) await first.spool.add(textOf(fakeBatch(i)));
    await first.spool.close();
    await Deno.truncate(`${directory}/000000000001.full.gz`, 20);
    await Deno.writeTextFile(`${directory}/.000000000003.full.gz`, "half");
    await Deno.writeTextFile(`${directory}/notes.txt`, "of somebody");
    const { spool } = await open(directory);
    equal(sequencesOf(await contents(spool)), [1, 3]);
    await spool.close();
  }));

Deno.test("spool: what a killed run left besides batches goes with the next one's end", () =>
  inFolder(async (directory) => {
    Deno.mkdirSync(directory, { mode: 0o700 });
    const left = (name: string) =>
      Deno.writeTextFileSync(`${directory}/${name}`, "", { mode: 0o600 });
    left("lock");
    left(".000000000003.full.gz");
    const other = await open(directory);
    const { spool } = await open(directory);
    await other.spool.add(textOf(fakeBatch(1)));
    // Another probe's folder by now: not this one's to tidy.
    await spool.close();
    equal(names(directory), [".000000000003.full.gz", "000000000000.full.gz", "lock"]);
    await other.spool.remove(other.spool.files[0]!);
    await other.spool.close();
    await rejects(Deno.stat(directory), Deno.errors.NotFound);
    Deno.mkdirSync(directory, { mode: 0o700 });
    left("lock");
    const next = await open(directory);
    await next.spool.close();
    await rejects(Deno.stat(directory), Deno.errors.NotFound);
  }));

Deno.test("spool: a folder that another probe uses is refused, and free again after it", () =>
  inFolder(async (directory) => {
    const first = await open(directory);
    await first.spool.add(textOf(fakeBatch(1)));
    await rejects(open(directory), {
      code: "spool_busy",
      message:
        `Cannot use spool "${directory}": another probe uses it, must be this one's own (--spool)`,
    });
    await first.spool.close();
    const { spool } = await open(directory);
    equal(spool.files.length, 1);
    await spool.close();
  }));

Deno.test("spool: a folder that cannot be made says which and why", async () => {
  const { spool } = await open("/proc/lasthop");
  await rejects(spool.add(textOf(fakeBatch(1, [ORDINARY]))), {
    code: "spool_failed",
    message:
      /^Cannot write spool "\/proc\/lasthop": .*, must be a folder of this probe's own \(--spool\)$/,
  });
  await spool.close();
});
