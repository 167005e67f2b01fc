/** Faults laid while everything else goes on, and what the report says of each. */
import { setTimeout as pass } from "node:timers/promises";
import type { Flow, Report } from "../../src/event/report.ts";
import { request } from "../../src/lab/traffic.ts";
import type { Batch } from "./batches.ts";
import { type Fault, type Network, TCP_PORT, UDP_PORT } from "./network.ts";

/** A SYN and the kernel's first one again; then the client gives up. */
const ASK_MS = 1_500;
/** What the probes read after a drop must still find the fault. */
const HOLD_MS = 1_500;

export interface Trial {
  fault: Fault;
  /** By the kernel's clock, as batches have it. */
  fromSeconds: number;
  toSeconds: number;
  /** A probe that should have seen it was stopped, or was killed with what it saw. */
  disturbed: boolean;
  /** The state that proves it was not read while it lasted. */
  late: boolean;
}

/** Seconds of the clock that events and batches are told by. */
export async function kernelSeconds(): Promise<number> {
  return Number((await Deno.readTextFile("/proc/uptime")).split(" ")[0]);
}

/** Lays the fault, asks, mends it. */
export async function tryFault(network: Network, fault: Fault): Promise<Trial> {
  const fromSeconds = await kernelSeconds();
  const { address, port } = fault;
  await fault.lay();
  try {
    await request(network.client, {
      protocol: "tcp",
      address,
      port,
      request: "x",
      timeoutMs: ASK_MS,
    });
    await pass(HOLD_MS);
  } finally {
    await fault.mend();
  }
  return { fault, fromSeconds, toSeconds: await kernelSeconds(), disturbed: false, late: false };
}

const NODES = ["client", "routers", "server"];

/** Finds out from what was acknowledged whether all nodes told of the whole trial, and read its state. */
export async function mark(trial: Trial, acknowledged: Iterable<Batch>): Promise<void> {
  const { fromSeconds, toSeconds, fault } = trial;
  const batches = [...acknowledged];
  const told = (node: string) =>
    Map.groupBy(batches.filter((one) => one.node === node), ({ run }) => run).values().some((run) =>
      run[0]!.attachedSeconds <= fromSeconds &&
      run.some(({ untilSeconds }) => untilSeconds >= toSeconds)
    );
  if (!NODES.every(told)) trial.disturbed = true;
  if (fault.stateOf === undefined) return;
  const { ino } = await Deno.stat(`/run/netns/${fault.stateOf.name}`);
  trial.late = !batches.some(({ states }) =>
    states.some(({ inode, seconds }) =>
      inode === ino && seconds >= fromSeconds && seconds <= toSeconds
    )
  );
}

export interface Verdicts {
  faults: number;
  named: number;
  /** Tried while a probe was disturbed, and left open. */
  open: number;
  disturbed: number;
  /** Left open because state was read too late. */
  late: number;
  healthyFlows: number;
  healthyDelivered: number;
  healthyUnknown: number;
  /** Healthy, and reported as dropped or with a cause: must be none. */
  healthyAccused: number;
  complaints: string[];
}

export function judge(report: Report, trials: readonly Trial[]): Verdicts {
  const verdicts: Verdicts = {
    faults: trials.length,
    named: 0,
    open: 0,
    disturbed: trials.filter(({ disturbed }) => disturbed).length,
    late: 0,
    healthyFlows: 0,
    healthyDelivered: 0,
    healthyUnknown: 0,
    healthyAccused: 0,
    complaints: [],
  };
  for (const { fault: { kind, code, address, port }, disturbed, late } of trials) {
    const flow = report.flows.find(({ destination, destinationPort }) =>
      destination === address && destinationPort === port
    );
    const found = flow?.cause?.code;
    if (found === code && flow?.outcome === "dropped") verdicts.named++;
    else if (disturbed && isOpen(found)) verdicts.open++;
    else if (late && isOpen(found)) verdicts.late++;
    else {
      const said = flow === undefined ? "no flow" : saidOf(flow);
      verdicts.complaints.push(`${kind}, port ${port}: ${said}, must be ${code}`);
    }
  }
  for (const flow of report.flows) {
    const ports = [flow.sourcePort, flow.destinationPort];
    if (!ports.includes(TCP_PORT) && !ports.includes(UDP_PORT)) continue;
    verdicts.healthyFlows++;
    if (flow.outcome === "delivered") verdicts.healthyDelivered++;
    if (flow.outcome === "unknown") verdicts.healthyUnknown++;
    if (flow.cause !== undefined || flow.outcome === "dropped") {
      verdicts.healthyAccused++;
      verdicts.complaints.push(`healthy traffic ${flow.id}: ${saidOf(flow)}`);
    }
  }
  return verdicts;
}

/** No cause, or the honest word that none is known. */
const isOpen = (code: string | undefined) => code === undefined || code === "unexplained";

const saidOf = ({ outcome, cause, gap }: Flow) =>
  [outcome, cause?.code, gap].filter(Boolean).join(", ");
