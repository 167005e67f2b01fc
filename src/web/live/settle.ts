/** What goes on while an incident does, and has ended with it. Pure. */
import type { IncidentState } from "./incident_state.ts";

const GAP = "The incident ended before it was seen what became of it.";

/**
 * The same without anything on its way: nothing is, once nobody watches any more. The ingest says so
 * itself of an incident that was closed; of an archive of an open one, or one that was deleted, it
 * cannot.
 */
export function settled(told: IncidentState): IncidentState {
  const flows = [...told.flows].map(([id, flow]) => {
    const { packets, outcome } = flow;
    if (packets.inFlight === 0 && outcome !== "in-flight") return [id, flow] as const;
    const unknown = packets.unknown + packets.inFlight;
    const left = { ...flow, packets: { ...packets, unknown, inFlight: 0 } };
    return [
      id,
      outcome === "in-flight" ? { ...left, outcome: "unknown" as const, gap: GAP } : left,
    ] as const;
  });
  const exchanges = [...told.exchanges].map(([id, exchange]) =>
    [
      id,
      exchange.outcome === "in-flight"
        ? { ...exchange, outcome: "unknown" as const, gap: GAP }
        : exchange,
    ] as const
  );
  return { ...told, flows: new Map(flows), exchanges: new Map(exchanges) };
}
