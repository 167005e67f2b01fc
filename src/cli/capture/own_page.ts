/** The page of a probe that was told to listen: what this node alone sees, beside what it reports. */
import type { ProbeBatch } from "../../probe/ship/batcher.ts";
import type { ListenAddress } from "../read_value.ts";
import { loadAssets } from "./assets.ts";
import { Delivery } from "./delivery.ts";
import { openLocalIngest, pageOf } from "./local_ingest.ts";

/** The page of one probe. */
export interface OwnPage {
  /** What the ready file says of the page: where it is, and its token. Empty without a page. */
  facts: { url?: string; token?: string };
  push(batch: ProbeBatch): void;
  /** Ends the page, which says where the incident is kept; null: nowhere. */
  close(archive: string | null): Promise<void>;
}

/**
 * Starts an ingest for the page, and says on `progress` where it is. Without an address it does
 * nothing. Throws what `openLocalIngest` throws.
 */
export async function openOwnPage(
  listen: ListenAddress | null,
  { incident, filter }: { incident: string; filter: string },
  progress: (text: string) => void,
): Promise<OwnPage> {
  if (listen === null) return { facts: {}, push() {}, close: () => Promise.resolve() };
  const ingest = await openLocalIngest(listen, () => loadAssets(progress));
  await ingest.client.createIncident({ id: incident, title: "this node alone", filter });
  const delivery = new Delivery(ingest.client, incident);
  progress(`page of this node alone: ${pageOf(ingest, incident)}`);
  const { url, token } = ingest;
  return {
    facts: url === null || token === null ? {} : { url, token },
    push: (batch) => delivery.push(batch),
    async close(archive) {
      try {
        await delivery.drain();
        if (archive !== null) await ingest.client.closeIncident(incident, { archive });
      } finally {
        await ingest.stop();
      }
    },
  };
}
