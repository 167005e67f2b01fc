/** What goes on while an incident does, and has ended with it. Pure. */
import type { Exchange, Flow } from "../../event/report.ts";

const GAP = "The incident ended before it was seen what became of it.";

/**
 * A flow without anything on its way: nothing is, once nobody watches any more. The ingest says so
 * itself of an incident that was closed; of an archive of an open one, or one that was deleted, it
 * cannot. The same object where nothing was.
 */
export function settledFlow(flow: Flow): Flow {
  const { packets, outcome } = flow;
  if (packets.inFlight === 0 && outcome !== "in-flight") return flow;
  const unknown = packets.unknown + packets.inFlight;
  const left = { ...flow, packets: { ...packets, unknown, inFlight: 0 } };
  return outcome === "in-flight" ? { ...left, outcome: "unknown", gap: GAP } : left;
}

/** The same of an exchange. */
export const settledExchange = (exchange: Exchange): Exchange =>
  exchange.outcome === "in-flight" ? { ...exchange, outcome: "unknown", gap: GAP } : exchange;
