/** `lasthop report`: what is known of an incident's flows, now. */
import { askedIncident } from "../asking/incident.ts";
import { printReport } from "../capture/print_report.ts";
import type { ReportOptions } from "../options.ts";

export async function run(options: ReportOptions): Promise<number> {
  const { client, incident } = await askedIncident(options);
  printReport(await client.report(incident), options.json);
  return 0;
}
