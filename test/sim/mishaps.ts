/** Draws what goes wrong in a network: single packets by hooks, or settings that kill every one. */
import type { Simulation } from "./flight.ts";
import type { Mishap } from "./mishap.ts";
import type { Random } from "./random.ts";
import type { Netns } from "./world.ts";

type Draw = (sim: Simulation, random: Random) => void;

const every = (sim: Simulation) => sim.world.nodes.flatMap((node) => node.netns);
const forwarders = (sim: Simulation) => every(sim).filter((netns) => netns.forwarding);
const devices = (sim: Simulation) =>
  every(sim).flatMap((netns) => netns.devices).filter((device) => device.kind !== "loopback");

/** A part of the packets of a part of the flows, never the same for two seeds. */
function some(random: Random): Mishap["hits"] {
  const rate = random.pick([0.1, 0.3, 1]);
  const own = random.fork();
  const parity = random.pick([null, 0, 1]);
  return ({ flow }) => (parity === null || flow.id % 2 === parity) && own.chance(rate);
}

const wireLoss: Draw = (sim, random) => {
  if (sim.world.wires.length === 0) return;
  sim.mishaps.push({
    name: "wire loss",
    hook: "wire",
    wire: random.pick(sim.world.wires),
    hits: some(random),
    function: "",
    reason: "",
    codes: ["lost-between-nodes", "tunnel-endpoint-unreachable"],
  });
};

const netfilter: Draw = (sim, random) => {
  const hook = random.pick(["forward", "input", "prerouting"] as const);
  sim.mishaps.push({
    name: "netfilter",
    hook,
    netns: random.pick(hook === "forward" ? forwarders(sim) : every(sim)),
    hits: some(random),
    function: random.pick(["nft_do_chain", "nf_hook_slow"]),
    reason: "NETFILTER_DROP",
    codes: ["netfilter-drop", "tunnel-blocked"],
  });
};

const trafficControl: Draw = (sim, random) => {
  const hook = random.pick(["ingress", "egress"] as const);
  sim.mishaps.push({
    name: "traffic control",
    hook,
    device: random.pick(devices(sim)),
    hits: some(random),
    function: hook === "ingress" ? "sch_handle_ingress" : "sch_handle_egress",
    reason: hook === "ingress" ? "TC_INGRESS" : "TC_EGRESS",
    codes: ["traffic-control-drop"],
  });
};

const queue: Draw = (sim, random) => {
  sim.mishaps.push({
    name: "queue",
    hook: "egress",
    device: random.pick(devices(sim)),
    hits: some(random),
    function: "__dev_queue_xmit",
    reason: "QDISC_OVERLIMIT",
    codes: ["queue-overflow"],
  });
};

const reversePath: Draw = (sim, random) => {
  const hits = some(random);
  const netns = random.pick(every(sim));
  sim.mishaps.push({
    name: "reverse path",
    hook: "prerouting",
    netns,
    // Where it does not forward, the kernel refuses what is not its own before it asks.
    hits: (packet, skb) => skb.fields.network === "ip4" && netns.forwarding && hits(packet, skb),
    function: "ip_rcv_finish_core",
    reason: "IP_RPFILTER",
    codes: ["reverse-path-filter"],
  });
};

const receiveBuffer: Draw = (sim, random) => {
  const hits = some(random);
  sim.mishaps.push({
    name: "receive buffer",
    hook: "socket",
    hits: (packet, skb) => skb.fields.protocol === 17 && hits(packet, skb),
    function: "__udp_enqueue_schedule_skb",
    reason: "SOCKET_RCVBUFF",
    codes: ["receive-buffer-full"],
  });
};

const noListener: Draw = (sim, random) => {
  const odd = random.int(2);
  sim.mishaps.push({
    name: "no listener",
    hook: "socket",
    hits: ({ flow }, skb) =>
      !flow.answers && (skb.fields.destinationPort ?? 0) % 2 === odd &&
      (skb.fields.protocol === 17 || skb.fields.tcpFlags === 2),
    function: random.pick(["__udp4_lib_rcv", "tcp_v4_rcv"]),
    reason: "NO_SOCKET",
    codes: ["no-listener"],
  });
};

const forwardingOff: Draw = (sim, random) => {
  for (const netns of random.shuffle(forwarders(sim)).slice(0, 1)) netns.forwarding = false;
};

const routeGone: Draw = (sim, random) => {
  const [netns] = random.shuffle(forwarders(sim));
  if (!netns) return;
  const i = random.int(netns.routes.length);
  // Tunnels look their underlay up by connected routes: those stay.
  if (netns.routes[i]!.destination.includes("50")) return;
  if (random.chance(0.5)) netns.routes.splice(i, 1);
  else netns.routes[i] = { destination: netns.routes[i]!.destination, type: "blackhole" };
};

const neighbourBroken: Draw = (sim, random) => {
  const netns = random.pick(every(sim).filter((known) => known.neighbours.size > 0));
  const entry = random.pick([...netns.neighbours.values()]);
  if (random.chance(0.6)) entry.state = "FAILED";
  else entry.mac = "02:bb:bb:bb:bb:bb";
};

const tunnels = (sim: Simulation): Netns["devices"] => devices(sim).filter((d) => d.tunnel);

const endpointGone: Draw = (sim, random) => {
  const list = tunnels(sim);
  if (list.length === 0) return;
  const { fdb } = random.pick(list).tunnel!;
  fdb.delete(random.pick([...fdb.keys()]));
};

const otherId: Draw = (sim, random) => {
  const list = tunnels(sim);
  if (list.length > 0) random.pick(list).tunnel!.id += 9;
};

const DRAWS: Record<string, Draw> = {
  wireLoss,
  netfilter,
  trafficControl,
  queue,
  reversePath,
  receiveBuffer,
  noListener,
  forwardingOff,
  routeGone,
  neighbourBroken,
  endpointGone,
  otherId,
};

/** The names of what was drawn; none for a third of the seeds. */
export function drawMishaps(sim: Simulation, random: Random): string[] {
  const names = random.shuffle(Object.keys(DRAWS)).slice(0, random.pick([0, 1, 1, 2]));
  for (const name of names) DRAWS[name]!(sim, random);
  return names;
}
