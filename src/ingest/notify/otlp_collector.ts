/** A collector of OpenTelemetry that is sent a log record for each piece of news. */
import { exported } from "../../exports/mod.ts";
import { collectorAt, type OtlpTarget } from "../../exports/otlp_request.ts";
import { Deliveries, type SendingDeps } from "./deliveries.ts";
import type { Teller } from "./problem_watch.ts";

/** Tells a collector. */
export function otlpCollector(target: OtlpTarget, deps: SendingDeps): Teller {
  const { headers, ...collector } = collectorAt(target);
  const receiver = { name: "the OTLP collector", headers: () => headers, ...collector };
  const deliveries = new Deliveries(receiver, deps);
  return {
    tell(_incident, report, news) {
      // A problem that opened and healed between two looks is one record: it says that it is healed.
      const problems = [...new Set(news.map(({ problem }) => problem))];
      const event = [...new Set(news.map(({ event }) => event))].join(", ");
      const body = exported({ ...report, problems }, "otlp");
      deliveries.add({ id: crypto.randomUUID(), event, body });
    },
    close: () => deliveries.close(),
  };
}
