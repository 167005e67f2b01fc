/** The options of `lasthop record`. */
import type { WebhookSettings } from "../../ingest/notify/webhook.ts";
import type { ReportingOptions } from "../capture/reporting_options.ts";

/** What a recorder is told. */
export interface RecordOptions extends Omit<ReportingOptions, "ingest"> {
  /** Null: one of its own. */
  ingest: string | null;
  keepSeconds: number;
  /** Folder of archives; absent: where all are that nobody asked for. */
  archives?: string;
  webhook?: WebhookSettings | undefined;
}
