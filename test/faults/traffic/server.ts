/** Servers of a case, all in this process. */
import type { Namespace } from "../../../src/lab/namespace.ts";
import { forget, READ, untilReady, WRITE } from "../kernel/poller.ts";
import { OPTION, type Protocol, Socket } from "../kernel/socket.ts";

export interface Server {
  at: Namespace;
  protocol: Protocol;
  /** Every address of its family where absent. */
  address?: string;
  port: number;
  family?: 4 | 6;
  /**
   * `echo` answers; `sink` takes and says nothing; `idle` never takes what arrives; `reset` closes a
   * connection with the request unread, which the kernel answers with a reset.
   */
  does?: "echo" | "sink" | "idle" | "reset";
  backlog?: number;
  receiveBuffer?: number;
  /** A classic BPF program of one instruction that keeps this many octets: 0 refuses all. */
  filterKeeps?: number;
  /** Octets of the answer, over TCP. */
  answer?: number;
}

export interface RunningServer {
  close(): void;
}

const CHUNK = 65_536;
const FOREVER_MS = 600_000;

export function serve(server: Server): RunningServer {
  const { at, protocol, port, family = 4, does = "echo" } = server;
  const socket = Socket.create(at.name, family, protocol);
  if (protocol === "tcp") socket.set(OPTION.reuse, 1);
  if (server.receiveBuffer !== undefined) socket.set(OPTION.receiveBuffer, server.receiveBuffer);
  if (server.filterKeeps !== undefined) keepOnly(socket, server.filterKeeps);
  socket.bind(server.address ?? (family === 6 ? "::" : "0.0.0.0"), port);
  if (protocol === "tcp") socket.listen(server.backlog ?? 16);
  const open = new Set([socket]);
  if (does !== "idle") {
    void (protocol === "tcp" ? acceptAll(socket, open, server) : answerAll(socket, does));
  }
  return {
    close() {
      for (const each of open) {
        forget(each.fd);
        each.close();
      }
    },
  };
}

/** SO_ATTACH_FILTER wants a pointer to the program, so the program must stay where it is. */
export function keepOnly(socket: Socket, octets: number): void {
  const instruction = new Uint8Array(8);
  const view = new DataView(instruction.buffer);
  view.setUint16(0, 0x06, true);
  view.setUint32(4, octets, true);
  const program = new Uint8Array(16);
  const words = new DataView(program.buffer);
  words.setUint16(0, 1, true);
  words.setBigUint64(8, BigInt(Deno.UnsafePointer.value(Deno.UnsafePointer.of(instruction))), true);
  socket.setBytes(OPTION.attachFilter, program);
}

async function answerAll(socket: Socket, does: Server["does"]): Promise<void> {
  const data = new Uint8Array(CHUNK);
  while (await untilReady(socket.fd, READ, FOREVER_MS)) {
    for (;;) {
      const from = new Uint8Array(28);
      const got = socket.receive(data, from);
      if (!("count" in got)) break;
      const name = from[0] === 2 ? from.slice(0, 16) : from;
      if (does === "echo") socket.sendTo(data.slice(0, got.count), name);
    }
  }
}

async function acceptAll(socket: Socket, open: Set<Socket>, server: Server): Promise<void> {
  while (await untilReady(socket.fd, READ, FOREVER_MS)) {
    for (let one = socket.accept(); one; one = socket.accept()) {
      open.add(one);
      void serveOne(one, server).finally(() => {
        open.delete(one);
        one.close();
      });
    }
  }
}

/** Reads to the end of the request, then answers and closes. */
async function serveOne(socket: Socket, { answer = 16, does }: Server): Promise<void> {
  if (does === "reset") return void await untilReady(socket.fd, READ, FOREVER_MS);
  const data = new Uint8Array(CHUNK);
  for (;;) {
    const got = socket.receive(data);
    if ("error" in got) return;
    if ("count" in got && got.count === 0) break;
    if ("waits" in got && !await untilReady(socket.fd, READ, FOREVER_MS)) return;
  }
  await sendAll(socket, answer, FOREVER_MS);
}

/** false when the connection failed or nothing moved for too long. */
export async function sendAll(socket: Socket, octets: number, timeoutMs: number) {
  const chunk = new Uint8Array(Math.min(octets, CHUNK)).fill(0x61);
  for (let left = octets; left > 0;) {
    const sent = socket.send(left < chunk.length ? chunk.slice(0, left) : chunk);
    if ("error" in sent) return false;
    if ("count" in sent) left -= sent.count;
    else if (!await untilReady(socket.fd, WRITE, timeoutMs)) return false;
  }
  return true;
}
