/** Three machines in a row, a fourth that runs the ingest, and a network by which all reach it. */
import type { Namespace } from "../../src/lab/namespace.ts";
import { Topology } from "../../src/lab/topology.ts";

/** Where the fourth machine is reached: by no way that is in trouble. */
export const INGEST_ADDRESS = "10.177.0.1";
/** The far end of the network that is in trouble. */
export const SERVER_ADDRESS = "10.178.2.2";

/** The four machines, each a namespace. */
export interface Yard {
  laptop: Namespace;
  /** `alpha`, `router`, `beta`, as they stand in a row. */
  nodes: readonly Namespace[];
}

/** Builds `alpha – router – beta`, where the router does not forward, for the length of `use`. */
export async function withYard(use: (yard: Yard) => Promise<void>): Promise<void> {
  const prefix = `lhst${crypto.randomUUID().slice(0, 8)}`;
  const topology = new Topology({ name: "yard", prefix });
  const laptop = topology.namespace("laptop");
  const [alpha, router, beta] = [
    topology.namespace("alpha"),
    topology.namespace("router", { forwarding: false }),
    topology.namespace("beta"),
  ];
  const nodes = [alpha, router, beta];
  nodes.forEach((node, i) => {
    topology.veth(laptop, `p${i}`, node, "mgmt");
    node.address("mgmt", `10.177.0.${i + 2}/24`);
  });
  laptop.bridge("mgmt", { ports: nodes.map((_, i) => `p${i}`) })
    .address("mgmt", `${INGEST_ADDRESS}/24`);
  topology.veth(alpha, "eth0", router, "left");
  topology.veth(router, "right", beta, "eth0");
  alpha.address("eth0", "10.178.1.2/24").route("default via 10.178.1.1");
  router.address("left", "10.178.1.1/24").address("right", "10.178.2.1/24");
  beta.address("eth0", `${SERVER_ADDRESS}/24`).route("default via 10.178.2.1");
  try {
    await topology.apply();
    await use({ laptop, nodes });
  } finally {
    await topology.down();
  }
}
