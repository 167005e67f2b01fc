/**
 * A client, a router and a server in namespaces, and packets that can be sent there one by one, so
 * that what a rule counts is known packet by packet. The server has no way back: nothing is answered.
 */
import type { Event } from "../../src/event/event.ts";
import type { NetnsState } from "../../src/event/state.ts";
import { macOf } from "../../src/lab/address.ts";
import type { Namespace } from "../../src/lab/namespace.ts";
import { Topology } from "../../src/lab/topology.ts";
import { findNetns, readState } from "../../src/probe/state/mod.ts";

export interface Packet {
  protocol: "icmp" | "icmp6" | "udp" | "tcp";
  from: "client" | "router";
  to: string;
  port?: number;
  /** Bytes after the UDP or ICMP header. */
  size?: number;
}

export interface Scene {
  topology: Topology;
  client: Namespace;
  router: Namespace;
  server: Namespace;
}

/** The only port clients get: a packet's source port is known before it is sent. */
const CLIENT_PORT = 40_000;

/** Of this run alone: another one may be under way. */
const prefix = `lhnf${crypto.randomUUID().slice(0, 8)}`;

export function sceneOf(name: string): Scene {
  const topology = new Topology({ name, prefix });
  const both = { ipv6: true, forwarding: true };
  const client = topology.namespace("client", { ipv6: true });
  const router = topology.namespace("router", both);
  const server = topology.namespace("server", { ipv6: true });
  topology.veth(client, "eth0", router, "left");
  topology.veth(router, "right", server, "eth0");
  client.address("eth0", "10.1.0.2/24", "10.1.0.3/24", "fd01::2/64");
  router.address("left", "10.1.0.1/24", "fd01::1/64");
  router.address("right", "10.2.0.1/24", "fd02::1/64");
  server.address("eth0", "10.2.0.2/24", "10.2.0.3/24", "fd02::2/64", "fd02::3/64");
  client.route(
    "10.2.0.0/24 via 10.1.0.1",
    "10.2.0.3/32 via 10.1.0.1 src 10.1.0.3",
    "fd02::/64 via fd01::1",
  );
  // What the router itself sends is not answered either: answers go to nobody's MAC.
  for (const own of ["10.2.0.1", "fd02::1"]) server.neighbour("eth0", own, "02:00:00:00:00:99");
  for (const its of ["10.1.0.1", "fd01::1"]) {
    client.neighbour("eth0", its, macOf("router", "left"));
  }
  for (const its of ["10.1.0.2", "10.1.0.3", "fd01::2"]) {
    router.neighbour("left", its, macOf("client", "eth0"));
  }
  for (const its of ["10.2.0.2", "10.2.0.3", "fd02::2", "fd02::3"]) {
    router.neighbour("right", its, macOf("server", "eth0"));
  }
  const ports = { "net.ipv4.ip_local_port_range": `${CLIENT_PORT} ${CLIENT_PORT}` };
  client.sysctl(ports);
  router.sysctl(ports);
  return { topology, client, router, server };
}

async function send(scene: Scene, { protocol, from, to, port, size = 56 }: Packet) {
  const namespace = from === "client" ? scene.client : scene.router;
  if (protocol === "icmp" || protocol === "icmp6") {
    await namespace.run(["ping", "-n", "-c", "1", "-W", "0.02", "-s", `${size}`, to]);
  } else {
    const what = protocol === "udp" ? `printf %0${size}d 0` : "true";
    const command = `${what} > /dev/${protocol}/${to}/${port}`;
    await namespace.run(["timeout", "0.05", "bash", "-c", command]);
  }
}

/** The packet as a probe reports it on the router: `ttl` tells whether it was forwarded. */
export function eventOf({ protocol, from, to, port, size = 56 }: Packet): Event {
  const six = to.includes(":");
  const source = from === "client"
    ? six ? "fd01::2" : to === "10.2.0.3" ? "10.1.0.3" : "10.1.0.2"
    : six
    ? "fd02::1"
    : "10.2.0.1";
  const header = six ? 40 : 20;
  const length = header + (protocol === "tcp" ? 40 : 8 + size);
  const event: Event = {
    kind: "device-rx",
    timeNs: 0n,
    cpu: 0,
    skb: "a1",
    head: "b1",
    network: six ? "ip6" : "ip4",
    packetType: "host",
    source,
    destination: to,
    ttl: 64,
    ipLength: length,
    length,
    ipFlags: 2,
    protocol: { icmp: 1, icmp6: 58, udp: 17, tcp: 6 }[protocol],
  };
  if (protocol === "tcp") Object.assign(event, { tcpFlags: 2, tcpSequence: 1, payload: 0 });
  if (protocol === "tcp" || protocol === "udp") {
    return { ...event, sourcePort: CLIENT_PORT, destinationPort: port };
  }
  return { ...event, icmpType: six ? 128 : 8, icmpCode: 0, icmpSequence: 1, ipId: 7 };
}

export async function routerState({ router }: Scene): Promise<NetnsState> {
  return await readState(await findNetns(router.name));
}

/**
 * Sends a packet and reads until the state says that it came. A busy machine may end the sender
 * before it has sent: then once more.
 */
export async function sendUntil(
  scene: Scene,
  packet: Packet,
  isThere: (state: NetnsState) => boolean,
): Promise<NetnsState> {
  for (let tries = 0; tries < 10; tries++) {
    await send(scene, packet);
    for (let looks = 0; looks < 3; looks++) {
      const state = await routerState(scene);
      if (isThere(state)) return state;
    }
  }
  throw new Error(`${JSON.stringify(packet)} never came to the router`);
}

/** Sets that the rules of the tests look into. */
export const NFT_SETS = `
  set hosts { type ipv4_addr; flags interval; elements = { 10.2.0.2, 10.3.0.0/16 }; }
  set services {
    type ipv4_addr . inet_proto . inet_service;
    elements = { 10.2.0.3 . tcp . 80, 10.2.0.2 . udp . 53 };
  }`;

export const FORWARDED: readonly Packet[] = [
  { protocol: "icmp", from: "client", to: "10.2.0.2" },
  { protocol: "icmp", from: "client", to: "10.2.0.3", size: 200 },
  { protocol: "udp", from: "client", to: "10.2.0.2", port: 53 },
  { protocol: "udp", from: "client", to: "10.2.0.3", port: 4789, size: 120 },
  { protocol: "udp", from: "client", to: "10.2.0.2", port: 9000, size: 5 },
  { protocol: "tcp", from: "client", to: "10.2.0.2", port: 80 },
  { protocol: "tcp", from: "client", to: "10.2.0.3", port: 22 },
  { protocol: "tcp", from: "client", to: "10.2.0.3", port: 443 },
  { protocol: "tcp", from: "client", to: "10.2.0.2", port: 8080 },
  { protocol: "icmp6", from: "client", to: "fd02::2" },
  { protocol: "udp", from: "client", to: "fd02::3", port: 53 },
  { protocol: "tcp", from: "client", to: "fd02::2", port: 80 },
  { protocol: "tcp", from: "client", to: "fd02::3", port: 22 },
];

export const TO_ROUTER: readonly Packet[] = [
  { protocol: "icmp", from: "client", to: "10.1.0.1" },
  { protocol: "udp", from: "client", to: "10.1.0.1", port: 53 },
  { protocol: "tcp", from: "client", to: "10.1.0.1", port: 22 },
  { protocol: "tcp", from: "client", to: "fd01::1", port: 80 },
];

export const FROM_ROUTER: readonly Packet[] = [
  { protocol: "icmp", from: "router", to: "10.2.0.2" },
  { protocol: "udp", from: "router", to: "10.2.0.3", port: 53 },
  { protocol: "tcp", from: "router", to: "10.2.0.2", port: 443 },
  { protocol: "tcp", from: "router", to: "fd02::2", port: 80 },
];
