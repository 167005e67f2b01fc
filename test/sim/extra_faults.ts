/** Faults that extras ask for: drawn apart, so that the other faults of a seed stay as they were. */
import type { Simulation } from "./flight.ts";
import type { Random } from "./random.ts";
import { type Device, isSix } from "./world.ts";

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
  if (extras.delays) {
    const device = random.pick(devices);
    sim.queues.set(device, new Map());
    device.holds = true;
  }
  const translating = all.filter(({ nat }) => nat.length > 0);
  if (extras.forgets && translating.length > 0) random.pick(translating).forgets = true;
  if (extras.shapes) {
    random.pick(devices).shaper = {
      bitsPerSecond: random.pick([100_000, 300_000, 1_000_000]),
      limit: random.between(1, 4),
      lanes: new Map(),
      dropsAt: [],
    };
  }
  if (extras.duplicates) duplicateOne(sim, random);
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

/** A second host of a wire gets an address of the first; their neighbours believe the one or the other. */
function duplicateOne({ world }: Simulation, random: Random): void {
  // Where a wire floods, the other holder gets a copy: of a host that was not heard yet that is
  // told as a drop there (R8, with the frame's MAC as the reason), which this does not judge.
  const wires = world.wires.filter(({ ports, floods }) => ports.length > 2 && !floods);
  if (wires.length === 0) return;
  const { ports } = random.pick(wires);
  const [owner, other] = random.shuffle(ports) as [Device, Device];
  const some = random.pick([[false], [true], [false, true]]);
  for (const own of owner.addresses.filter(({ address }) => some.includes(isSix(address)))) {
    other.addresses.push({ ...own });
    for (const { netns } of ports.filter((port) => port !== owner && port !== other)) {
      const entry = netns.neighbours.get(own.address);
      if (!entry || entry.state === "FAILED") continue;
      const kind = random.int(3);
      if (kind === 1) entry.mac = other.mac;
      if (kind !== 2) continue;
      entry.turns = { mac: other.mac, everyNs: random.pick([50e6, 300e6, 2e9]) };
    }
  }
}
