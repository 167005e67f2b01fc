/** The last minutes as an archive. */
import type { News } from "../../ingest/notify/problem_news.ts";
import type { ProbeBatch } from "../../probe/ship/batcher.ts";
import { writeTexts } from "../kept/whole.ts";
import type { RecordWindow } from "./window.ts";

const TITLE_CHARS_MAX = 200;

/** As what the last minutes are kept, and where. */
export interface WindowArchive {
  /** Of the incident. */
  name: string;
  filter: string;
  /** Why they are kept. */
  news: readonly News[];
  path: string;
}

/** Writes all that the window holds. Throws as `replaceOwnFile`. */
export async function writeWindow(window: RecordWindow, archive: WindowArchive): Promise<void> {
  const { name, filter, news, path } = archive;
  const { batches } = window.since(-Infinity, name);
  const closedMs = Date.now();
  const createdMs = Math.min(closedMs, ...batches.map(({ header }) => header.clock.wallMs));
  const title = titleOf(news).slice(0, TITLE_CHARS_MAX);
  const about = { incident: name, title, filter, createdMs, closedMs };
  await writeTexts(() => textsOf(batches), about, path);
}

/** `netfilter-drop, no-route`: what the problems were found to be. */
function titleOf(news: readonly News[]): string {
  const causes = news.map(({ problem: { cause, outcome } }) => cause?.code ?? outcome);
  return `recorder: ${[...new Set(causes)].join(", ")}`;
}

function* textsOf(batches: readonly ProbeBatch[]): Generator<string> {
  for (const { header, lines } of batches) {
    yield [JSON.stringify(header), ...lines, ""].join("\n");
  }
}
