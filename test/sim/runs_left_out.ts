/** Packets that pass a place uncounted, because the kernel left out runs of the scripts that count. */
import { PLACES, type Runs } from "./counting_node.ts";
import type { Random } from "./random.ts";

/** A probe looks so often, ns. */
const LOOK_NS = 0.25e9;

interface Coming {
  at: number;
}

/**
 * What is counted of what passed each place, and what is told of the rest. In each of some stretches a few
 * packets are missing at one place, or at several: of one interrupt all of a packet's hops are, or in a
 * storm any of them. Others' packets are among the runs that are told. Null: nothing is left out.
 * `without`: what is counted all the same of what stands for several packets.
 */
export function runsLeftOut<Packet extends Coming>(
  random: Random,
  passed: readonly (readonly Packet[])[] | null,
  { until }: { until: number },
  without: (packet: Packet) => Packet[] = () => [],
): { counted: Packet[][]; missed: Runs } {
  if (passed === null) return { counted: [], missed: [] };
  const uncounted = passed.map(() => new Set<Packet>());
  const missed: Runs = [];
  let from = random.int(9e9);
  const stretches = 1 + random.int(3);
  while (from < until && missed.length < stretches) {
    const to = from + LOOK_NS + random.int(0.2e9);
    const scripts = { device_rx: 0, device_tx: 0, drop: random.int(3) };
    const isStorm = random.chance(0.3);
    const only = random.chance(0.4) ? random.int(PLACES.length) : null;
    const few = random.pick([1, 1, 2, 4, 40]);
    PLACES.forEach(({ countedAt }, place) => {
      const script = countedAt === 1 ? "device_rx" : "device_tx";
      if (random.chance(0.2)) scripts[script] += random.int(2);
      if (only !== null && only !== place) return;
      const here = passed[place]!.filter(({ at }) => at > from && at < to);
      const first = random.int(Math.max(1, here.length));
      const some = isStorm
        ? here.filter(() => random.chance(few / Math.max(few, here.length)))
        : here.slice(first, first + few);
      for (const packet of some) uncounted[place]!.add(packet);
      scripts[script] += some.length;
    });
    const count = scripts.device_rx + scripts.device_tx + scripts.drop;
    const text = (at: number) => String(Math.round(at));
    const told = Object.fromEntries(Object.entries(scripts).filter(([, runs]) => runs > 0));
    if (count > 0) missed.push({ fromNs: text(from), toNs: text(to), count, scripts: told });
    from = to + random.int(8e9);
  }
  const counted = passed.map((all, place) =>
    all.flatMap((one) => uncounted[place]!.has(one) ? without(one) : [one])
  );
  return { counted, missed };
}
