/** An ingest that takes connections and says nothing: a probe that is killed then has it on disk. */
import { deepStrictEqual as equal } from "node:assert/strict";
import { fakeBatch, sequencesOf } from "../../../test/fake/batch.ts";
import { gunzip } from "./gzip.ts";
import { Shipper } from "./ship.ts";
import { Spool } from "./spool.ts";

/** What is on disk, as the next start of a killed probe finds it. */
async function onDisk(directory: string): Promise<number[]> {
  const names = Array.from(Deno.readDirSync(directory), ({ name }) => name);
  const files = names.filter((name) => name.endsWith(".gz")).sort();
  const texts = await Promise.all(
    files.map(async (name) => await gunzip(await Deno.readFile(`${directory}/${name}`))),
  );
  return texts.flatMap(sequencesOf);
}

async function withSilence(
  keepEveryMs: number,
  work: (silence: {
    directory: string;
    shipper: Shipper;
    /** Bodies that were sent; what one was answered. */
    sent: { text: string; answer: PromiseWithResolvers<void> }[];
    /** Resolves when so many files were written. */
    written(count: number): Promise<void>;
    /** Files that were written so far. */
    files(): number;
  }) => Promise<void>,
): Promise<void> {
  const parent = await Deno.makeTempDir({ prefix: "lasthop-ship-" });
  const directory = `${parent}/spool`;
  try {
    const onEvicted = () => {};
    const spool = await Spool.open({ directory, bytesMax: 1e7, onEvicted });
    let count = 0;
    let listen = () => {};
    const add = spool.add.bind(spool);
    spool.add = async (text) => {
      const file = await add(text);
      count += 1;
      listen();
      return file;
    };
    const sent: { text: string; answer: PromiseWithResolvers<void> }[] = [];
    const shipper = new Shipper({
      send(text) {
        const answer = Promise.withResolvers<void>();
        sent.push({ text, answer });
        return sent.length === 1 ? answer.promise : Promise.resolve();
      },
      spool,
      onNotice() {},
      onEvicted,
      keepEveryMs,
      pause: () => Promise.resolve(),
    });
    const written = (wanted: number) =>
      new Promise<void>((resolve) => {
        listen = () => count >= wanted && resolve();
        listen();
      });
    await work({ directory, shipper, sent, written, files: () => count });
  } finally {
    await Deno.remove(parent, { recursive: true });
  }
}

for (const fails of [false, true]) {
  const then = fails ? "fails, and it is sent again first" : "answers, and it is sent no more";
  Deno.test(`ship: what is on its way and what waits is on disk until the ingest ${then}`, () =>
    withSilence(1, async ({ directory, shipper, sent, written }) => {
      shipper.push(fakeBatch(0));
      await written(1);
      equal(await onDisk(directory), [0]);
      shipper.push(fakeBatch(1));
      await written(2);
      equal(await onDisk(directory), [0, 1]);
      if (fails) sent[0]!.answer.reject(new Error("hung up"));
      else sent[0]!.answer.resolve();
      equal(await shipper.drain(5_000), true);
      const order = sent.map(({ text }) => sequencesOf(text)).flat();
      equal(order, fails ? [0, 0, 1] : [0, 1]);
      equal(await Deno.stat(directory).then(() => "there", () => "gone"), "gone");
    }));
}

Deno.test("ship: an ingest that answers in time costs no writing to disk", () =>
  withSilence(1_000, async ({ shipper, sent, files }) => {
    shipper.push(fakeBatch(0));
    const drained = shipper.drain(5_000);
    while (sent.length === 0) await Promise.resolve();
    sent[0]!.answer.resolve();
    equal(await drained, true);
    equal(files(), 0);
  }));
