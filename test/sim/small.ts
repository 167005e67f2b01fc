/** Every small case: a few networks, each way of talking, each place to die, each event lost. */
import { analyse, type AnalysisInput } from "../../src/analysis/mod.ts";
import { inputOf } from "./batches.ts";
import { build, type Shape } from "./build.ts";
import { checkAccounting, checkGaps } from "./check_whole.ts";
import { checkWrong } from "./check_wrong.ts";
import { datagrams } from "./datagrams.ts";
import { echo } from "./echo.ts";
import { NO_EXTRAS } from "./extras.ts";
import { NO_FAULTS } from "./faults.ts";
import { Simulation } from "./flight.ts";
import type { Violation } from "./match.ts";
import { giveAddresses } from "./memory.ts";
import type { Mishap } from "./mishap.ts";
import { Random } from "./random.ts";
import { closed, type Scenario, SECOND } from "./scenario.ts";
import { stream } from "./stream.ts";
import { addressOf, type Device, type World } from "./world.ts";

const BASE: Shape = {
  nodes: 1,
  pods: "routed",
  podsPerNode: 2,
  overlay: "routes",
  router: "none",
  outside: false,
  masquerade: false,
  service: false,
  crossTunnel: false,
  oneKernel: false,
  floods: false,
  taps: false,
  conntrack: true,
  reasons: true,
};

const NETWORKS: Record<string, Partial<Shape>> = {
  "pods of one node": {},
  "ports of one bridge": { pods: "bridge" },
  "ports of a bridge that floods": { pods: "bridge", floods: true },
  "nodes on a wire": { nodes: 2, pods: "none" },
  "nodes of one kernel": { nodes: 2, pods: "none", oneKernel: true },
  "nodes behind a router": { nodes: 2, pods: "none", router: "probed" },
  "nodes behind an unprobed router": { nodes: 2, pods: "none", router: "unprobed" },
  "pods behind vxlan": { nodes: 2, podsPerNode: 1, overlay: "vxlan" },
};

const TALKS = ["echo", "echo6", "udp", "udp6", "tcp"] as const;

export interface SmallResult {
  cases: number;
  failed: { name: string; violations: Violation[] }[];
}

export function everySmallCase(): SmallResult {
  const result: SmallResult = { cases: 0, failed: [] };
  for (const [name, shape] of Object.entries(NETWORKS)) {
    for (const talk of TALKS) {
      const world = worldOf(shape);
      for (let death = -1; death < places(world).length * 2; death++) {
        tryCase(result, `${name}, ${talk}, death ${death}`, shape, talk, death);
      }
    }
  }
  return result;
}

const worldOf = (shape: Partial<Shape>) => build({ ...BASE, ...shape }, new Random(1));

const places = (world: World): Device[] =>
  world.nodes.flatMap((node) => node.netns).flatMap((netns) => netns.devices)
    .filter((device) => device.kind !== "loopback");

/** Dies at one device, on its way in or out; after the last, on the wire. */
function mishapAt(world: World, death: number): Mishap {
  const devices = places(world);
  const device = devices[Math.floor(death / 2)]!;
  const ingress = death % 2 === 0;
  return {
    name: "small",
    hook: ingress ? "ingress" : "egress",
    device,
    hits: () => true,
    function: ingress ? "sch_handle_ingress" : "sch_handle_egress",
    reason: ingress ? "TC_INGRESS" : "TC_EGRESS",
    codes: ["traffic-control-drop"],
  };
}

function tryCase(
  result: SmallResult,
  name: string,
  shape: Partial<Shape>,
  talk: typeof TALKS[number],
  death: number,
): void {
  const scenario = scenarioFor(shape, talk, death);
  const whole = inputOf(scenario, NO_FAULTS, new Random(2));
  const count = whole.batches.reduce((total, batch) => total + batch.events.length, 0);
  for (let lost = -1; lost < count; lost++) {
    const input = lost < 0 ? whole : without(whole, lost);
    const report = analyse(input);
    const violations = [
      ...checkWrong(scenario, report),
      ...checkAccounting(input, report),
      ...checkGaps(input, report),
    ];
    result.cases++;
    if (violations.length > 0) result.failed.push({ name: `${name}, lost ${lost}`, violations });
  }
}

function scenarioFor(shape: Partial<Shape>, talk: typeof TALKS[number], death: number): Scenario {
  const world = worldOf(shape);
  const sim = new Simulation(world, new Random(3), 30 * SECOND);
  if (death >= 0) sim.mishaps.push(mishapAt(world, death));
  const [from, to] = world.groups[0]!;
  const destination = addressOf(to!, talk.endsWith("6"));
  const plan = { from: from!, to: to!, destination, startAt: SECOND, ttl: 64 };
  const timing = { count: 2, intervalNs: SECOND / 5, payload: 56, ipId: 7 };
  if (talk.startsWith("echo")) echo(sim, { ...plan, ...timing, id: 9, ignored: false });
  else if (talk.startsWith("udp")) {
    const rest = { sourcePort: 4000, port: 53, sameSize: true, answers: 1 };
    datagrams(sim, { ...plan, ...timing, ...rest, ipId: 0, idPeriod: 65_536 });
  } else {
    const rest = { sourcePort: 4000, port: 80, writes: [10], sequence: 77, ipId: 7 };
    stream(sim, { ...plan, ...rest, gso: false, closed: false });
  }
  giveAddresses(sim.allocations);
  return { seed: 0, shape: { ...BASE, ...shape }, mishaps: [], extras: NO_EXTRAS, ...closed(sim) };
}

/** One event less, and counted as lost from its batch on. */
function without(input: AnalysisInput, lost: number): AnalysisInput {
  let left = lost;
  let from: { probe: string; sequence: number } | null = null;
  const ordered = [...input.batches].sort((a, b) => a.header.sequence - b.header.sequence);
  const batches = ordered.map((batch) => {
    const mine = from === null && left < batch.events.length;
    const events = mine ? batch.events.filter((_, i) => i !== left) : batch.events;
    if (mine) from = batch.header;
    else if (from === null) left -= batch.events.length;
    const counts = from?.probe === batch.header.probe && batch.header.sequence >= from.sequence;
    const totals = { ...batch.header.totals, lost: counts ? 1 : 0 };
    return { ...batch, events, header: { ...batch.header, totals } };
  });
  return { ...input, batches };
}
