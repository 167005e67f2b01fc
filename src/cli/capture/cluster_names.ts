/** What a cluster's API tells while a capture runs, beside what the nodes see. */
import { openApi } from "../../kube/api.ts";
import type { AccessWords } from "../../kube/access.ts";
import { ClusterReader } from "../../kube/reader.ts";
import { ClusterTeller, type TellerBatch } from "../../kube/teller.ts";

const FLUSH_MS = 500;
/** How long the start of a capture waits for the first lists. */
const LISTED_MS_MAX = 5_000;

/** A cluster that is being asked. */
export interface ClusterNames {
  /** Tells what changed up to now, and ends. */
  stop(): Promise<void>;
}

/**
 * Begins to ask it; resolves when everything was listed once, or when that takes long. Rejects with what
 * `openApi` does.
 */
export async function askCluster(
  words: AccessWords,
  { incident, onBatch, progress }: {
    incident: string;
    onBatch: (batch: TellerBatch) => void;
    progress: (text: string) => void;
  },
): Promise<ClusterNames> {
  const api = await openApi(words);
  const teller = new ClusterTeller(incident, onBatch);
  const reader = new ClusterReader(api, {
    onLine: (line) => teller.push(line),
    onNotice: progress,
  });
  const timer = setInterval(() => teller.flush(), FLUSH_MS);
  let late: ReturnType<typeof setTimeout> | undefined;
  await Promise.race([
    reader.listed,
    new Promise<void>((resolve) => late = setTimeout(resolve, LISTED_MS_MAX)),
  ]);
  clearTimeout(late);
  teller.flush();
  return {
    async stop() {
      clearInterval(timer);
      await reader.stop();
      teller.flush();
    },
  };
}
