/** What a soak does to its probes and ingests. Each harm ends with everything up again. */
import { setTimeout as pass } from "node:timers/promises";
import type { Draw } from "../faults/bench/draw.ts";
import type { Gate } from "./gate.ts";
import type { RunningIngest } from "./ingests.ts";
import type { Probe } from "./probes.ts";

export interface Victims {
  draw: Draw;
  gate: Gate;
  ingest: RunningIngest;
  probes: readonly Probe[];
  /** From now until the returned function is called, a probe may miss packets. */
  disturbing(probe: Probe): Promise<() => Promise<void>>;
  onTrouble(text: string): void;
}

type Harm = (victims: Victims) => Promise<void>;

/** No verdict may suffer from these: probes keep what they saw. */
export const INGEST_HARMS: Record<string, Harm> = {
  "ingest killed": async ({ draw, ingest }) => {
    await ingest.kill();
    await pass(draw.between(0, 2_000));
    await ingest.start();
  },
  "ingest stopped": async ({ draw, ingest }) => {
    ingest.signal("SIGSTOP");
    await pass(draw.between(1_000, 4_000));
    ingest.signal("SIGCONT");
  },
  "ingest away": async ({ draw, gate }) => {
    await gate.away();
    await pass(draw.between(2_000, 5_000));
    gate.back();
  },
  "spool's disk full": async ({ draw, gate, probes }) => {
    await Promise.all(probes.map((probe) => probe.fillDisk()));
    await gate.away();
    await pass(draw.between(2_000, 4_000));
    await Promise.all(probes.map((probe) => probe.freeDisk()));
    gate.back();
  },
};

/** While these last, packets may be missed, and a verdict may be unknown, never wrong. */
export const PROBE_HARMS: Record<string, Harm> = {
  "probe killed": async (victims) => {
    const probe = victims.draw.pick(victims.probes);
    const end = await victims.disturbing(probe);
    await probe.process.kill();
    await probe.process.start();
    await end();
  },
  "probe killed while it starts": async (victims) => {
    const probe = victims.draw.pick(victims.probes);
    const end = await victims.disturbing(probe);
    await probe.process.kill();
    const starting = probe.process.start();
    await pass(victims.draw.between(200, 4_000));
    await probe.process.kill();
    await starting;
    await probe.process.start();
    await end();
  },
  "probe killed with a full spool": async (victims) => {
    const probe = victims.draw.pick(victims.probes);
    const { gate } = victims;
    await gate.away();
    await pass(2_500);
    const end = await victims.disturbing(probe);
    await probe.process.kill();
    await probe.process.start();
    await end();
    gate.back();
  },
  "probe stopped": async (victims) => {
    const probe = victims.draw.pick(victims.probes);
    const end = await victims.disturbing(probe);
    probe.process.signal("SIGSTOP");
    await pass(victims.draw.between(1_000, 3_000));
    probe.process.signal("SIGCONT");
    await end();
  },
  "bpftrace killed": async (victims) => {
    const probe = victims.draw.pick(victims.probes);
    const end = await victims.disturbing(probe);
    for (const pid of await probe.bpftrace()) Deno.kill(pid, "SIGKILL");
    const status = await probe.process.ended();
    // It reports what it saw, says that its scripts are gone, and ends well.
    // Or with 1, when the ingest did not take all of it in time.
    const isKept = status?.code === 1 && / waits in /.test(probe.process.tail);
    if (status?.code !== 0 && !isKept) {
      victims.onTrouble(`${probe.name} ended with ${status?.code} after bpftrace was killed`);
    }
    await probe.process.start();
    await end();
  },
};
