/** Faults that extras ask for: drawn apart, so that the other faults of a seed stay as they were. */
import type { Simulation } from "./flight.ts";
import type { Random } from "./random.ts";

/** Draws the faults that the extras of this seed ask for. */
export function drawExtraFaults(sim: Simulation, random: Random): void {
  const { extras, world } = sim;
  if (extras.sizes && world.wires.length > 0) {
    const limit = random.between(600, 1300);
    // First: what is too large is lost there, whatever else strikes.
    sim.mishaps.unshift({
      name: "small link",
      hook: "wire",
      wire: random.pick(world.wires),
      hits: (_, { fields, outer }) => fields.ipLength + (outer ? 50 : 0) > limit,
      function: "",
      reason: "",
      codes: ["path-mtu-exceeded", "lost-between-nodes", "tunnel-endpoint-unreachable"],
    });
  }
  if (extras.moved) moveOne(sim, random);
  const all = world.nodes.flatMap((node) => node.netns);
  const devices = all.flatMap((netns) => netns.devices).filter(({ kind }) => kind !== "loopback");
  if (extras.delays) sim.queues.set(random.pick(devices), new Map());
  const translating = all.filter(({ nat }) => nat.length > 0);
  if (extras.forgets && translating.length > 0) random.pick(translating).forgets = true;
}

/** One entry keeps the link address of a host that has the address no more. */
function moveOne({ world }: Simulation, random: Random): void {
  const entries = world.nodes.flatMap((node) => node.netns)
    .flatMap(({ neighbours }) => [...neighbours.values()])
    .filter(({ device, state }) => device.wire && state === "REACHABLE");
  const [entry] = random.shuffle(entries);
  if (!entry) return;
  const others = entry.device.wire!.ports.filter(({ mac, netns }) =>
    mac !== entry.mac && netns !== entry.device.netns
  );
  if (others.length > 0) entry.mac = random.pick(others).mac;
}
