/** An incident from nothing to its report: its network, the trace of it, its traffic, and away. */
import { LasthopError } from "../../event/error.ts";
import { type Exchange, type Lab, labUp } from "../../lab/mod.ts";
import { createEnding, type End, type Ending } from "../capture/end.ts";
import { trace } from "../capture/trace.ts";
import type { ListenAddress } from "../read_value.ts";

/** Which lab to run, and what to do on the way. */
export interface LabRun {
  id: string;
  repaired: boolean;
  /** Leaves the network standing. */
  keep: boolean;
  json: boolean;
  listen: ListenAddress | null;
  progress(text: string): void;
  /** While this runs, network and page are still there. `interrupted` resolves with a signal. */
  onReported?(page: string | null, interrupted: Promise<unknown>): Promise<void>;
}

/**
 * Builds a lab, traces its traffic and resolves with the exit code of the trace. The network is
 * gone when it resolves or rejects, unless it is kept. Throws LasthopError when the network cannot
 * be built, the traffic cannot be sent, or the trace fails.
 */
export async function runLab(run: LabRun): Promise<number> {
  const { id, repaired, keep, progress } = run;
  let lab: Lab | undefined;
  const takeDown = async () => {
    if (!keep) await lab?.down();
  };
  // A second signal ends the program at once: the network goes first.
  const signals = createEnding(() => void takeDown().finally(() => Deno.exit(130)));
  try {
    progress(`building ${id}${repaired ? ", repaired" : ""}…`);
    lab = await labUp(id, { repaired, kept: keep });
    return await traceLab(lab, run, signals);
  } finally {
    await takeDown();
    signals.close();
  }
}

async function traceLab(lab: Lab, run: LabRun, signals: Ending): Promise<number> {
  const { progress, json, listen, onReported } = run;
  const sent = Promise.withResolvers<End>();
  const stopTraffic = new AbortController();
  const ending = { ...signals, ended: Promise.race([signals.ended, sent.promise]) };
  let traffic: Promise<void> | undefined;
  const send = async () => {
    try {
      for (const exchange of await lab.sendTraffic(stopTraffic.signal)) progress(told(exchange));
      sent.resolve({ by: "time" });
    } catch (error) {
      const failure = error instanceof LasthopError ? error : unsent(lab, error);
      sent.resolve({ by: "failure", failure, fatal: true });
    }
  };
  try {
    const { filter, nodes } = lab;
    // Whoever wants a lab's incident again runs the lab again.
    return await trace({ filter, nodes, json, listen, failOn: [], keeps: false }, {
      ending,
      onReady() {
        progress("sending its traffic…");
        traffic = send();
      },
      onReported: (page) => onReported?.(page, signals.ended) ?? Promise.resolve(),
    });
  } finally {
    stopTraffic.abort();
    await traffic;
  }
}

function told({ what, sent, answered, error }: Exchange): string {
  const why = error === undefined || answered > 0 ? "" : ` (${error})`;
  return `${what}: ${answered} of ${sent} answered${why}`;
}

function unsent({ id }: Lab, error: unknown): LasthopError {
  const why = error instanceof Error ? error.message : String(error);
  return new LasthopError("lab_traffic", `Cannot send the traffic of lab "${id}": ${why}`);
}
