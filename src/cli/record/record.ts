/** A recorder with an ingest of its own: from its first packet to its end, days later. */
import { join } from "node:path";
import { makeOwnFolder } from "../../files/own_files.ts";
import { systemClock } from "../../ingest/clock.ts";
import { type News, problemNews } from "../../ingest/notify/problem_news.ts";
import { webhook } from "../../ingest/notify/webhook.ts";
import { loadAssets } from "../capture/assets.ts";
import { capture, prepare } from "../capture/capture.ts";
import { conclude } from "../capture/conclude.ts";
import type { Ending } from "../capture/end.ts";
import { openLocalIngest, pageOf } from "../capture/local_ingest.ts";
import { boundKept, keptFolder } from "../kept/folder.ts";
import { tellArchive } from "../kept/keeping.ts";
import { stampOf } from "../kept/name.ts";
import { usageError } from "../read_value.ts";
import type { RecordOptions } from "./options.ts";
import { Triggers } from "./triggers.ts";
import { Turns } from "./turns.ts";
import { RecordWindow } from "./window.ts";
import { writeWindow } from "./write_window.ts";

/** Characters of the last minutes: twice as many are in the embedded ingest, compressed. */
const CHARS_MAX = 48 * 1024 * 1024;

/** An incident is as old as the time that is kept, and half a minute; twice that is enough. */
const MORE_SECONDS = 60;

const progress = (text: string) => console.error(`lasthop: ${text}`);

/** `record-20260726-101530-4f2a`. */
const newName = () => `record-${stampOf(new Date())}`;

/**
 * Records until it is told to end, and resolves with the exit code. Throws LasthopError as `trace` does,
 * and `usage` where archives have no folder.
 */
export async function recordHere(
  options: Omit<RecordOptions, "ingest">,
  ending: Ending,
): Promise<number> {
  const prepared = await prepare(options, options.name ?? Deno.hostname());
  const folder = options.keeps ? folderOf(options) : null;
  const { filter, keepSeconds } = options;
  const window = new RecordWindow({ keepMs: keepSeconds * 1_000, charsMax: CHARS_MAX });
  const clock = systemClock;
  const triggers = new Triggers({
    clock,
    tellers: options.webhook ? [webhook(options.webhook, { clock, log: progress })] : [],
    keep: (news) => folder === null ? Promise.resolve() : keep(window, folder, filter, news),
  });
  const ingest = await openLocalIngest(options.listen, () => loadAssets(progress), [triggers]);
  const { client } = ingest;
  const nowMs = () => clock.monotonicMs();
  const turns = new Turns({ client, window, filter, name: newName, nowMs });
  let timer: ReturnType<typeof setInterval> | undefined;
  try {
    await turns.turn();
    timer = setInterval(() => {
      turns.turn().catch((error) => progress(`cannot begin a new incident: ${error}`));
    }, keepSeconds * 1_000);
    const page = pageOf(ingest, turns.incident);
    const { done } = await capture({
      ...prepared,
      options,
      incident: turns.incident,
      forgetNs: BigInt(Math.ceil(2 * keepSeconds + MORE_SECONDS)) * 1_000_000_000n,
      ending,
      progress,
      onBatch(batch) {
        window.push(batch, nowMs());
        turns.push(batch);
      },
      onReady() {
        if (page !== null) progress(`page: ${page}`);
        progress("ready: recording, and silent until something dies");
      },
      facts: { url: ingest.url, ...(ingest.token === null ? {} : { token: ingest.token }) },
    });
    await done;
    clearInterval(timer);
    await turns.drain();
    const { incident } = turns;
    // Since the last look for news something may have died.
    triggers.take(problemNews(new Map(), (await client.report(incident)).problems));
    await client.closeIncident(incident, {});
    const exitCode = await conclude(options, ingest, incident, null);
    await triggers.flush();
    return exitCode;
  } finally {
    clearInterval(timer);
    await ingest.stop();
  }
}

function folderOf({ archives }: Pick<RecordOptions, "archives">): string {
  const folder = archives ?? keptFolder((name) => Deno.env.get(name));
  if (folder === null) {
    throw usageError("Cannot keep archives: there is no HOME, must be one, or --archives FOLDER");
  }
  makeOwnFolder(folder);
  return folder;
}

/** Writes the last minutes beside the archives that are there, of which the oldest go. */
async function keep(
  window: RecordWindow,
  folder: string,
  filter: string,
  news: readonly News[],
): Promise<void> {
  const name = newName();
  const path = join(folder, `${name}.lasthop.gz`);
  try {
    await writeWindow(window, { name, filter, news, path });
    await boundKept(folder, path);
    tellArchive(path, progress);
  } catch (error) {
    progress(`cannot write archive "${path}": ${error instanceof Error ? error.message : error}`);
  }
}
