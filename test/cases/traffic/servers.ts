/** Servers of cases, all in this process, each with a socket in its namespace. */
import type { Namespace } from "../../../src/lab/namespace.ts";
import { forget, READ, untilReady } from "../../faults/kernel/poller.ts";
import { OPTION, Socket } from "../../faults/kernel/socket.ts";
import { type RunningServer, sendAll } from "../../faults/traffic/server.ts";

const FOREVER_MS = 600_000;

/** Where a server is bound. */
export interface Bound {
  /** All addresses of the family where absent. */
  address?: string;
  port: number;
  /** 4 where absent. */
  family?: 4 | 6;
}

function bound(at: Namespace, protocol: "tcp" | "udp", { address, port, family = 4 }: Bound) {
  const socket = Socket.create(at.name, address?.includes(":") ? 6 : family, protocol);
  if (protocol === "tcp") socket.set(OPTION.reuse, 1);
  socket.bind(address ?? (family === 6 ? "::" : "0.0.0.0"), port);
  if (protocol === "tcp") socket.listen(64);
  return socket;
}

function closing(socket: Socket): RunningServer {
  return {
    close() {
      forget(socket.fd);
      socket.close();
    },
  };
}

/** A program that hangs: its socket is open, and nobody reads what comes. */
export function udpHung(at: Namespace, where: Bound): RunningServer {
  return closing(bound(at, "udp", where));
}

/** Takes every datagram and answers none. */
export function udpSink(at: Namespace, where: Bound): RunningServer {
  const socket = bound(at, "udp", where);
  void (async () => {
    const data = new Uint8Array(65_536);
    while (await untilReady(socket.fd, READ, FOREVER_MS)) {
      while ("count" in socket.receive(data));
    }
  })();
  return closing(socket);
}

/** Answers each datagram with what `answer` makes of it: the same octets where absent. */
export function udpServer(
  at: Namespace,
  where: Bound,
  answer: (data: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer> = (data) => data,
): RunningServer {
  const socket = bound(at, "udp", where);
  void (async () => {
    const data = new Uint8Array(65_536);
    while (await untilReady(socket.fd, READ, FOREVER_MS)) {
      for (;;) {
        const from = new Uint8Array(28);
        const got = socket.receive(data, from);
        if (!("count" in got)) break;
        const name = from[0] === 2 ? from.slice(0, 16) : from;
        socket.sendTo(answer(data.slice(0, got.count)), name);
      }
    }
  })();
  return closing(socket);
}

/** A name server that knows one address, whatever is asked. */
export function dnsServer(at: Namespace, where: Bound): RunningServer {
  return udpServer(at, where, (query) => {
    const end = query.indexOf(0, 12) + 5;
    const flags = [0x84, 0, 0, 1, 0, 1, 0, 0, 0, 0];
    const record = [0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 0, 5, 0, 4, 192, 0, 2, 80];
    return new Uint8Array([...query.slice(0, 2), ...flags, ...query.slice(12, end), ...record]);
  });
}

/** How a web server behaves. */
export interface Web extends Bound {
  /** Octets of the answer's body; 12 where absent. */
  octets?: number;
  /**
   * `reset` closes with the request unread, which resets; `silent` takes it and says nothing;
   * `answer-at-end` waits until the client has sent all.
   */
  does?: "answer" | "reset" | "silent" | "answer-at-end";
}

/** Answers the first octets of each connection as a web server, and closes it. */
export function webServer(at: Namespace, web: Web): RunningServer {
  const socket = bound(at, "tcp", web);
  const all = new Set([socket]);
  void (async () => {
    while (await untilReady(socket.fd, READ, FOREVER_MS)) {
      for (let one = socket.accept(); one; one = socket.accept()) {
        const own = one;
        all.add(own);
        void serveOne(own, web).finally(() => {
          all.delete(own);
          own.close();
        });
      }
    }
  })();
  return {
    close() {
      for (const each of all) closing(each).close();
    },
  };
}

async function serveOne(socket: Socket, { octets = 12, does = "answer" }: Web): Promise<void> {
  if (!await untilReady(socket.fd, READ, FOREVER_MS)) return;
  if (does === "reset") return;
  const data = new Uint8Array(65_536);
  if (does === "answer") {
    socket.receive(data);
    const head = `HTTP/1.0 200 OK\r\ncontent-length: ${octets}\r\n\r\n`;
    const sent = socket.send(new TextEncoder().encode(head));
    if ("error" in sent || !await sendAll(socket, octets, FOREVER_MS)) return;
  }
  // Reads to the end: closing with octets unread would reset the connection.
  for (;;) {
    const got = socket.receive(data);
    if ("error" in got) return;
    if ("count" in got && got.count === 0) {
      if (does === "answer-at-end") socket.send(new TextEncoder().encode("stored\n"));
      return;
    }
    if ("waits" in got && !await untilReady(socket.fd, READ, FOREVER_MS)) return;
  }
}
