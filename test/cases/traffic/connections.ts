/** Connections that a case holds, or sends over in its own time. */
import type { Namespace } from "../../../src/lab/namespace.ts";
import { READ, untilReady, WRITE } from "../../faults/kernel/poller.ts";
import { Socket } from "../../faults/kernel/socket.ts";
import type { RunningServer } from "../../faults/traffic/server.ts";

/** Connects and stays so until closed. Throws when the connection does not come about. */
export async function keepConnected(
  from: Namespace,
  to: string,
  port: number,
): Promise<RunningServer> {
  const socket = Socket.create(from.name, to.includes(":") ? 6 : 4, "tcp");
  socket.connect(to, port);
  if (!await untilReady(socket.fd, WRITE, 3_000) || socket.error !== 0) {
    throw new Error(`Cannot connect to ${to} port ${port}`);
  }
  return socket;
}

/**
 * Connects, sends a part, lets `between` happen, sends the rest and waits for the answer:
 * "upload: answered", "upload: ERROR".
 */
export async function uploadInTwo(
  from: Namespace,
  to: string,
  port: number,
  between: () => Promise<unknown>,
): Promise<string> {
  const socket = Socket.create(from.name, to.includes(":") ? 6 : 4, "tcp");
  const part = new Uint8Array(200).fill(0x70);
  try {
    socket.connect(to, port);
    if (!await untilReady(socket.fd, WRITE, 3_000) || socket.error !== 0) {
      return "upload: no connection\n";
    }
    socket.send(part);
    // Acknowledgements are through when the server has been quiet for a while.
    await untilReady(socket.fd, READ, 400);
    await between();
    socket.send(part);
    socket.endWriting();
    if (!await untilReady(socket.fd, READ, 3_000)) return "upload: no answer\n";
    const got = socket.receive(new Uint8Array(100));
    if ("error" in got) return `upload: error ${got.error}\n`;
    return `upload: ${"count" in got && got.count > 0 ? "answered" : "ended"}\n`;
  } finally {
    socket.close();
  }
}
