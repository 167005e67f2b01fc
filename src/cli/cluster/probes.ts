/** The probes of one trace: started, followed until all see or ended, and ended together. */
import { setTimeout as pause } from "node:timers/promises";
import { LasthopError } from "../../event/error.ts";
import type { Report } from "../../event/report.ts";
import type { Ending } from "../capture/end.ts";
import { plural } from "../render/mod.ts";
import type { IngestClient } from "../../ingest/mod.ts";
import type { Fleet, Place, ProbeThere } from "./fleet.ts";
import type { Roll } from "./roll.ts";

/** How often it is looked which probes see. Milliseconds. */
const LOOK_MS = 500;
/** How long machines that do not report are waited for. Milliseconds. */
const ATTACH_MS = 60_000;
/** How long probes may take to send their last. Milliseconds. */
const LAST_MS = 15_000;
/** A probe's token outlives its trace by so much. Seconds. */
const TOKEN_SECONDS = 3600;
/** Of a trace without `--for`. Seconds. */
const TOKEN_LONGEST = 24 * 3600;

/** Starts a probe at a place, with a token of its own. */
export type Starter = (place: Place) => Promise<ProbeThere>;

/** How probes of one trace are started. */
export function starter(
  fleet: Fleet,
  { incident, forSeconds, filter, bounds }: {
    incident: string;
    /** Absent: until it is ended. */
    forSeconds?: number;
    filter: string;
    bounds: readonly string[];
  },
): Starter {
  const expiresInSeconds = forSeconds === undefined
    ? TOKEN_LONGEST
    : Math.ceil(forSeconds) + TOKEN_SECONDS;
  const words = ["--no-archive", ...bounds, ...filter === "" ? [] : ["--filter", filter]];
  return async (place) => {
    const wanted = { role: "probe", expiresInSeconds } as const;
    const { token } = await fleet.client.createToken(incident, wanted);
    return fleet.start(place, { incident, token, words });
  };
}

/** Probes that are followed. */
export interface Following {
  incident: string;
  probes: readonly ProbeThere[];
  roll: Roll;
  ending: Ending;
  /** Machines that do not report are waited for so long, where others see. Milliseconds. */
  attachMs?: number;
  /** Nobody may see: it is not waited longer for that than for the last of several. */
  givesUp?: boolean;
  progress(text: string): void;
}

/**
 * Tells of each probe that sees or ends, the latter until the trace ends. Resolves with true when nobody
 * is waited for any more, with false when the trace ended before.
 */
export async function untilSettled(
  client: IngestClient,
  { incident, probes, roll, ending, progress, attachMs = ATTACH_MS, givesUp = false }: Following,
): Promise<boolean> {
  const beganMs = performance.now();
  const over = new AbortController();
  const { signal } = over;
  void ending.ended.then(() => over.abort());
  for (const { place, ended } of probes) {
    void ended.then((end) => {
      // One that was released ends as it was told to, be it that another was started there since.
      if (signal.aborted || (end.isWell && roll.wasReleased(place))) return;
      progress(roll.ended(place, end));
      if (roll.isSettled && roll.seeing === 0) {
        ending.failed(nobodySees(probes.length), { fatal: true });
      }
    });
  }
  while (!signal.aborted) {
    const report: Report | null = await client.report(incident).catch(() => null);
    const tookMs = performance.now() - beganMs;
    for (const line of report === null ? [] : roll.reported(report, tookMs)) progress(line);
    const isLate = tookMs > attachMs && (roll.seeing > 0 || givesUp);
    if (roll.isSettled || isLate) return roll.seeing > 0;
    await pause(LOOK_MS, undefined, { signal }).catch(() => {});
  }
  return false;
}

const nobodySees = (count: number) =>
  new LasthopError(
    "no_probe",
    `Cannot trace: none of ${plural(count, "machine")} sees, must be at least one`,
  );

/** Lets all send their last: until the ingest has it, which is before a pod or a connection is gone. */
export async function endAll(
  client: IngestClient,
  { incident, probes }: Pick<Following, "incident" | "probes">,
): Promise<void> {
  const left = new Set(probes);
  for (const probe of probes) {
    probe.end();
    void probe.ended.then(() => left.delete(probe));
  }
  const lateMs = performance.now() + LAST_MS;
  while (performance.now() < lateMs) {
    const report: Report | null = await client.report(incident).catch(() => null);
    const told = new Set(
      report?.nodes.filter(({ endedAt }) => endedAt !== undefined).map(({ name }) => name),
    );
    for (const probe of left) if (told.has(probe.place.name)) left.delete(probe);
    if (left.size === 0) return;
    const again = new AbortController();
    await Promise.race([
      pause(LOOK_MS, undefined, { signal: again.signal }).catch(() => {}),
      Promise.all([...left].map(({ ended }) => ended)),
    ]);
    again.abort();
  }
}
