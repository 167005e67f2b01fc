/** The hub as a port: what keeps reports and viewers up to date, here or in another process. */
import type { HubFigures } from "../http/metrics.ts";
import type { StoredLines } from "./kept.ts";
import type { TextPieces } from "./packed_texts.ts";
import type { Evicted } from "../stores/store.ts";

/** How a viewer watches. */
export interface Watching {
  /** Id of the token it was opened with: what one token's viewers hold is bounded. */
  token?: string;
  /** It asked for differences of lists. */
  isBrief?: boolean;
}

/** What the app asks of a hub, and tells it. */
export interface HubPort {
  /** A batch is durable. */
  stored(incident: string, row: number, batch: StoredLines, evicted: Evicted[]): void;
  /** Anything else of an incident changed: it was closed, or imported. */
  changed(incident: string): void;
  /**
   * An incident was closed that is kept in a file: resolves when its viewers have been told all, because
   * this ingest may end now. Absent where an ingest outlives its incidents.
   */
  closed?(incident: string, archive: string): Promise<void>;
  deleted(incident: string): void;
  /** The report as JSON; null when there is no such incident. */
  reportJson(incident: string): Promise<string | null>;
  /** The same in pieces, where the hub has them: they need no memory of their own. */
  reportPieces?(incident: string): Promise<TextPieces | null>;
  /**
   * Server-sent events for a new viewer, from `cursor` on where that is known; null: there are as
   * many viewers as allowed. `signal` is that of the request: Deno warns whoever looks at it.
   */
  live(
    incident: string,
    cursor: string | null,
    signal: () => AbortSignal,
    watching?: Watching,
  ): Promise<ReadableStream<Uint8Array<ArrayBuffer>> | null>;
  readFigures(): Promise<HubFigures>;
}
