/**
 * A client, two routers side by side, a server, and faults that can be laid and mended while
 * traffic goes on. Background traffic takes the first router; a fault that would stop all of a
 * router's traffic is laid on the second.
 */
import type { CauseCode } from "../../src/event/codes.ts";
import type { Namespace } from "../../src/lab/namespace.ts";
import { Topology } from "../../src/lab/topology.ts";
import type { Draw } from "../faults/bench/draw.ts";

const SERVER = "10.201.2.9";
const SERVER_BY_SECOND = "10.202.2.9";
const SERVER_INSIDE = "10.201.3.9";
export const TCP_PORT = 8080;
export const UDP_PORT = 8081;

/** What the filter of the probes has to hold. */
export const FILTER = "net 10.201.0.0/16 or net 10.202.0.0/16";

export interface Network {
  topology: Topology;
  client: Namespace;
  first: Namespace;
  second: Namespace;
  server: Namespace;
  /** Where the background traffic goes. */
  address: string;
}

export async function networkUp(prefix: string): Promise<Network> {
  const topology = new Topology({ name: "soak", prefix });
  const client = topology.namespace("client");
  const first = topology.namespace("first", { forwarding: true });
  const second = topology.namespace("second", { forwarding: true });
  const server = topology.namespace("server");
  for (const [router, device, net] of [[first, "eth0", 201], [second, "eth1", 202]] as const) {
    topology.veth(client, device, router, "left");
    topology.veth(router, "right", server, device);
    client.address(device, `10.${net}.1.9/24`).route(`10.${net}.2.0/24 via 10.${net}.1.1`);
    router.address("left", `10.${net}.1.1/24`).address("right", `10.${net}.2.1/24`);
    server.address(device, `10.${net}.2.9/24`).route(`10.${net}.1.0/24 via 10.${net}.2.1`);
  }
  client.route("10.201.3.0/24 via 10.201.1.1");
  first.route(`10.201.3.0/24 via ${SERVER}`);
  server.address("lo", `${SERVER_INSIDE}/32`);
  try {
    await topology.apply();
    await server.listen({ protocol: "tcp", port: TCP_PORT, answer: "well" });
    await server.listen({ protocol: "udp", port: UDP_PORT, answer: "well" });
  } catch (error) {
    await topology.down();
    throw error;
  }
  return { topology, client, first, second, server, address: SERVER };
}

/** A fault with a known verdict, about one port of its own. */
export interface Fault {
  kind: string;
  code: CauseCode;
  address: string;
  port: number;
  /** Where state must be read while the fault lasts; absent when events alone prove it. */
  stateOf?: Namespace;
  lay(): Promise<void>;
  mend(): Promise<void>;
}

async function must(at: Namespace, ...command: string[]): Promise<void> {
  const { exitCode, stderr } = await at.run(command);
  if (exitCode !== 0) throw new Error(`"${command.join(" ")}" in ${at.name}: ${stderr}`);
}

type Made = Omit<Fault, "kind" | "port">;

const KINDS: Record<string, (network: Network, port: number) => Made> = {
  "nft drop": ({ first }, port) => ({
    code: "netfilter-drop",
    address: SERVER,
    lay: () =>
      must(
        first,
        "nft",
        `table inet soak { chain c { type filter hook forward priority 0; tcp dport ${port} drop; }; }`,
      ),
    mend: () => must(first, "nft", "delete table inet soak"),
  }),
  "closed port": () => ({
    code: "no-listener",
    address: SERVER,
    lay: async () => {},
    mend: async () => {},
  }),
  "forwarding off": ({ second }) => ({
    code: "ip-forwarding-disabled",
    stateOf: second,
    address: SERVER_BY_SECOND,
    lay: () => must(second, "sysctl", "-q", "-w", "net.ipv4.ip_forward=0"),
    mend: () => must(second, "sysctl", "-q", "-w", "net.ipv4.ip_forward=1"),
  }),
  "blackhole route": ({ first }) => ({
    code: "route-blackhole",
    stateOf: first,
    address: SERVER_INSIDE,
    lay: () => must(first, "ip", "route", "add", "blackhole", `${SERVER_INSIDE}/32`),
    mend: () => must(first, "ip", "route", "del", "blackhole", `${SERVER_INSIDE}/32`),
  }),
};

export const FAULT_KINDS = Object.keys(KINDS);

export function faultOf(kind: string, network: Network, port: number): Fault {
  return { kind, port, ...KINDS[kind]!(network, port) };
}

/** Two namespaces that come, ping each other and go: the probe of all namespaces sees them. */
export async function comeAndGo(prefix: string, draw: Draw, at: number): Promise<void> {
  const topology = new Topology({ name: `churn${at % 1_000}`, prefix });
  const [one, other] = [topology.namespace("a"), topology.namespace("b")];
  topology.veth(one, "eth0", other, "eth0");
  const net = `10.99.${at % 250}`;
  one.address("eth0", `${net}.1/24`);
  other.address("eth0", `${net}.2/24`);
  try {
    await topology.apply();
    await one.run(["ping", "-q", "-n", "-c", `${draw.between(1, 4)}`, "-i", "0.1", `${net}.2`]);
  } finally {
    await topology.down();
  }
}
