/** The usual traffic between a world's client and server. */
import type { Server } from "../traffic/server.ts";
import type { PingTalk, SocketTalk } from "../traffic/talk.ts";
import type { World } from "../worlds/world.ts";

export function ping(world: World, more: Partial<PingTalk> = {}): PingTalk {
  return { kind: "ping", from: world.client.at, to: world.server.four, ...more };
}

export function ping6(world: World, more: Partial<PingTalk> = {}): PingTalk {
  return ping(world, { to: world.server.six, ...more });
}

export function tcp(world: World, port: number, more: Partial<SocketTalk> = {}): SocketTalk {
  return { kind: "tcp", from: world.client.at, to: world.server.four, port, ...more };
}

export function udp(world: World, port: number, more: Partial<SocketTalk> = {}): SocketTalk {
  return { kind: "udp", from: world.client.at, to: world.server.four, port, ...more };
}

export function server(
  world: World,
  protocol: Server["protocol"],
  port: number,
  more: Partial<Server> = {},
): Server {
  return { at: world.server.at, protocol, port, ...more };
}
