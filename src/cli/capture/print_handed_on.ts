/** An incident on stdout in a form to hand on, or as text for this terminal. */
import { ALL, narrowed, type ReportFilter } from "../../event/filter/mod.ts";
import { LasthopError } from "../../event/error.ts";
import type { Report } from "../../event/report.ts";
import type { Form } from "../../exports/mod.ts";
import type { IngestClient } from "../../ingest/client/client.ts";
import { plural } from "../render/mod.ts";
import { whileShown } from "../render/bar.ts";
import { type Printing, printReport } from "./print_report.ts";

/** How an incident is printed. */
export interface HandingOn extends Omit<Printing, "format"> {
  /** null: text for this terminal. */
  format: Form | null;
  /** A collector that is sent the problems. */
  otlp?: string | undefined;
}

/**
 * Prints what is known of an incident. Throws LasthopError `usage` where a capture file would be written
 * to a terminal or be asked for with a filter of reports, and what the client and `sendOtlp` throw.
 */
export async function printHandedOn(
  client: IngestClient,
  incident: string,
  { format, otlp, ...printing }: HandingOn,
): Promise<void> {
  let report: Promise<Report> | undefined;
  const read = () => report ??= whileShown("making the report", () => client.report(incident));
  if (otlp !== undefined) {
    const { sendOtlp } = await import("./send_otlp.ts");
    const headers = Deno.env.get("OTEL_EXPORTER_OTLP_HEADERS");
    const sent = narrowed(await read(), printing.filter ?? ALL);
    const count = await sendOtlp(sent, { url: otlp, headers });
    console.error(`lasthop: ${plural(count, "problem")} sent to ${new URL(otlp).origin}`);
  }
  if (format !== "pcapng") return printReport(await read(), { ...printing, format });
  mayWriteCapture(printing.filter ?? ALL, Deno.stdout.isTerminal());
  const capture = await client.downloadCapture(incident);
  await capture.pipeTo(Deno.stdout.writable, { preventClose: true });
}

/** Throws LasthopError `usage`; see `printHandedOn`. */
export function mayWriteCapture(filter: ReportFilter, isTerminal: boolean): void {
  const why = isTerminal
    ? "stdout is a terminal, must be a file or a pipe: ... > incident.pcapng"
    : filter.kind === "all"
    ? null
    : "--filter is for reports, must be left out: tshark -Y filters a capture file";
  if (why !== null) throw new LasthopError("usage", `Cannot write pcapng: ${why}`, 2);
}
