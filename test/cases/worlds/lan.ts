/** Machines at one switch, which nobody watches. */
import { macOf } from "../../../src/lab/address.ts";
import type { Namespace } from "../../../src/lab/namespace.ts";
import type { Topology } from "../../../src/lab/topology.ts";
import type { Place } from "../bench/case.ts";

/** How a network is laid out. */
export interface LanOptions {
  family?: 4 | 6;
  /** Start of the addresses, for example "192.168.7" or "fd10:7". */
  net: string;
  /** Names of the machines, and the number that each has in the network. */
  machines: Record<string, number>;
  /** They pass packets on. */
  forwarding?: readonly string[];
  /** Name of every machine's device; "eth0" where absent. */
  device?: string;
  /** The switch has a probe as well. */
  probed?: boolean;
}

/** A network of machines. */
export interface Lan extends Place {
  family: 4 | 6;
  switch: Namespace;
  device: string;
  machine(name: string): Namespace;
  address(name: string): string;
  /** An address of the network by its number. */
  number(number: number): string;
  mac(name: string): string;
  /** Length of the network's prefix. */
  length: number;
}

/** Machines with one cable each to a switch; each machine is a node. */
export function lan(topology: Topology, options: LanOptions): Lan {
  const { family = 4, net, machines, forwarding = [], device = "eth0", probed = false } = options;
  const six = family === 6;
  const length = six ? 64 : 24;
  const number = (n: number) => six ? `${net}::${n}` : `${net}.${n}`;
  const wire = topology.namespace("switch");
  const spaces = new Map<string, Namespace>();
  for (const [name, n] of Object.entries(machines)) {
    const at = topology.namespace(name, { ipv6: six, forwarding: forwarding.includes(name) });
    spaces.set(name, at);
    topology.veth(at, device, wire, `p-${name}`);
    at.address(device, `${number(n)}/${length}`);
  }
  wire.bridge("br0", { ports: Object.keys(machines).map((name) => `p-${name}`) });
  return {
    family,
    switch: wire,
    device,
    length,
    nodes: {
      ...Object.fromEntries([...spaces].map(([name, at]) => [name, [at]])),
      ...(probed ? { switch: [wire] } : {}),
    },
    machine(name) {
      const at = spaces.get(name);
      if (at === undefined) throw new Error(`Cannot find machine "${name}"`);
      return at;
    },
    address: (name) => number(machines[name]!),
    number,
    mac: (name) => macOf(name, device),
  };
}
