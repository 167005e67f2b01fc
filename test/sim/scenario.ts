/** A seed to a network, its traffic, and the whole truth about both. */
import { build, drawShape, type Shape } from "./build.ts";
import { datagrams } from "./datagrams.ts";
import { echo } from "./echo.ts";
import { Simulation } from "./flight.ts";
import type { Extras } from "./extras.ts";
import { giveAddresses } from "./memory.ts";
import { drawExtraFaults } from "./extra_faults.ts";
import { drawMishaps } from "./mishaps.ts";
import { Random } from "./random.ts";
import { stream } from "./stream.ts";
import type { Plan } from "./talk.ts";
import type { Emission, TrueFlow } from "./truth.ts";
import { addressOf, holds, type Netns, type World } from "./world.ts";

export interface Scenario {
  seed: number;
  shape: Shape;
  mishaps: string[];
  extras: Extras;
  world: World;
  flows: TrueFlow[];
  /** In time order, up to the end of the trace. */
  emissions: Emission[];
  endAt: number;
}

export const SECOND = 1_000_000_000;
const LONG_NS = 200_000_000;

export function scenarioOf(seed: number, extras: Extras): Scenario {
  const random = new Random(seed);
  const shape = drawShape(random.fork());
  const world = build(shape, random.fork());
  const endAt = random.chance(0.15) ? SECOND + random.int(3 * SECOND) : 30 * SECOND;
  const sim = new Simulation(world, random.fork(), endAt, extras);
  const mishaps = drawMishaps(sim, random.fork());
  drawExtraFaults(sim, new Random(seed ^ 0xfa17));
  const talks = random.fork();
  const count = talks.between(1, 6);
  for (let i = 0; i < count; i++) talk(sim, talks.fork(), i);
  giveAddresses(sim.allocations);
  return { seed, shape, mishaps, extras, ...closed(sim) };
}

/** What happened until the end, in order; flows of which nothing was sent are left out. */
export function closed(sim: Simulation): Pick<Scenario, "world" | "flows" | "emissions" | "endAt"> {
  const emissions = sim.emissions.filter((emission) => emission.at <= sim.endAt)
    .sort((a, b) => a.at - b.at);
  const flows = [...new Set(sim.packets.map((packet) => packet.flow))]
    .filter((flow) => flow.packets.length > 0 || (sim.extras.lookups && flow.unsent > 0));
  return { world: sim.world, flows, emissions, endAt: sim.endAt };
}

function talk(sim: Simulation, random: Random, i: number): void {
  const [from, to] = random.shuffle(random.pick(sim.world.groups)) as [Netns, Netns];
  const six = random.chance(0.35);
  // Of an address that it has itself, a host asks itself: no wire sees that.
  if (holds(from, addressOf(to, six))) return;
  const plan: Plan = {
    from,
    to,
    destination: addressOf(to, six),
    startAt: random.int(3 * SECOND),
    ttl: random.chance(0.06) ? random.between(1, 3) : 64,
  };
  const kind = random.pick(["echo", "datagrams", "stream"] as const);
  if (kind !== "echo") throughService(sim, plan, six, random);
  const intervalNs = random.pick([150_000, 5_000_000, 200_000_000]);
  const ipId = random.between(1, 60_000);
  const sourcePort = 40_000 + i;
  if (kind === "echo") {
    const [count, payload] = [random.between(1, 5), random.pick([56, 1000])];
    const ignored = random.chance(0.1);
    echo(sim, { ...plan, count, intervalNs, payload, ignored, ipId, id: 100 + i });
  } else if (kind === "datagrams") {
    datagrams(sim, {
      ...plan,
      count: random.between(1, 8),
      intervalNs,
      sourcePort,
      port: random.pick([53, 9000]),
      payload: random.between(10, 1000),
      sameSize: random.chance(0.6),
      answers: random.pick([0, 1, 1, 3]),
      ipId: random.chance(0.4) ? 0 : ipId,
      idPeriod: periodOf(sim, intervalNs, ipId),
    });
  } else {
    const writes = Array.from({ length: random.int(5) }, () => random.pick([10, 1400, 7000]));
    const port = random.pick([80, 443]);
    const sequence = random.chance(0.2) ? 4_294_967_295 - random.int(3000) : random.int(2 ** 31);
    const gso = random.chance(0.5);
    stream(sim, { ...plan, sourcePort, port, writes, sequence, ipId, gso, closed: true });
  }
}

/** No id comes again before what is left of its packet is gone: 65,536 others take longer. */
const periodOf = (sim: Simulation, intervalNs: number, drawn: number) =>
  sim.extras.wraps && intervalNs >= LONG_NS ? 1 + drawn % 3 : 65_536;

/** By the service in front of it, where the answers come back the same way. */
function throughService(sim: Simulation, plan: Plan, six: boolean, random: Random): void {
  const service = sim.world.services.find(({ address, target }) =>
    target === plan.to && address.includes(":") === six
  );
  const translates = plan.from.node.netns[0]!.nat.some((rule) => rule.match === service?.address);
  const near = plan.from.node === plan.to.node;
  if (service && translates && !near && random.chance(0.7)) plan.destination = service.address;
}
