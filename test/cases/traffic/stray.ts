/** A web server whose connections get a segment that no honest stack sends: made by hand. */
import type { Namespace } from "../../../src/lab/namespace.ts";
import { octetsOf, sockaddr } from "../../faults/kernel/address.ts";
import { sum } from "../../faults/kernel/frame.ts";
import { forget, READ, untilReady } from "../../faults/kernel/poller.ts";
import { OPTION, Socket } from "../../faults/kernel/socket.ts";
import { type RunningServer, sendAll } from "../../faults/traffic/server.ts";

/** Which segment comes where in the answer. */
export interface Stray {
  address: string;
  port: number;
  /** How far the segment's sequence is beyond what the client expects; no segment where absent. */
  beyond?: number;
  /** Octets of the answer before it, of which `content-length` counts none or all. */
  before: number;
  /** Octets after it; the client is told of them beforehand. */
  after: number;
}

interface Numbers {
  clientPort: number;
  sequence: number;
  acknowledged: number;
}

const FOREVER_MS = 600_000;
const TCP = 6;

/** Answers each connection with `before`, the stray segment, and `after`; then closes. */
export function strayServer(at: Namespace, stray: Stray): RunningServer {
  const { address, port } = stray;
  const family = address.includes(":") ? 6 : 4;
  const socket = Socket.create(at.name, family, "tcp").set(OPTION.reuse, 1);
  socket.bind(address, port);
  socket.listen(16);
  const raw = Socket.raw(at.name, TCP, family);
  const tap = Socket.tap(at.name);
  void (async () => {
    while (await untilReady(socket.fd, READ, FOREVER_MS)) {
      for (let one = socket.accept(); one; one = socket.accept()) {
        const own = one;
        void answer(own, raw, tap, stray).finally(() => own.close());
      }
    }
  })();
  return {
    close() {
      forget(socket.fd);
      for (const each of [socket, raw, tap]) each.close();
    },
  };
}

async function answer(socket: Socket, raw: Socket, tap: Socket, stray: Stray): Promise<void> {
  const data = new Uint8Array(65_536);
  await untilReady(socket.fd, READ, FOREVER_MS);
  socket.receive(data);
  const { before, after, beyond } = stray;
  const head = `HTTP/1.0 200 OK\r\ncontent-length: ${before + after}\r\n\r\n`;
  socket.send(new TextEncoder().encode(head));
  if (!await sendAll(socket, before, FOREVER_MS)) return;
  // The client's acknowledgements of all that are to be seen on the tap.
  await untilReady(socket.fd, READ, 200);
  const seen = numbersOf(tap, stray);
  if (seen !== undefined && beyond !== undefined) {
    const segment = segmentOf(stray, { ...seen, sequence: seen.sequence + beyond }, seen.client);
    raw.sendTo(segment, sockaddr(seen.client, 0));
  }
  for (let left = after; left > 0; left -= 1_000) {
    await untilReady(socket.fd, READ, 100);
    if ("error" in socket.send(new Uint8Array(Math.min(left, 1_000)).fill(0x62))) return;
  }
  await untilReady(socket.fd, READ, 300);
}

/** What the last segments of the connection, as the tap has them, said. */
function numbersOf(tap: Socket, { address, port }: Stray) {
  const data = new Uint8Array(65_536);
  const six = address.includes(":");
  const own = octetsOf(address).join();
  let found: Numbers & { client: string } | undefined;
  for (;;) {
    const got = tap.receive(data);
    if (!("count" in got)) return found;
    const ip = data.subarray(14, got.count);
    const [offset, size, next] = six ? [8, 16, ip[6]] : [12, 4, ip[9]];
    if (next !== TCP) continue;
    const source = [...ip.subarray(offset, offset + size)];
    const destination = [...ip.subarray(offset + size, offset + 2 * size)];
    const view = new DataView(ip.slice(six ? 40 : (ip[0]! & 15) * 4).buffer);
    const sequence = view.getUint32(4);
    const acknowledged = view.getUint32(8);
    if (destination.join() === own && view.getUint16(2) === port) {
      const clientPort = view.getUint16(0);
      found = {
        clientPort,
        client: textOf(source),
        sequence: acknowledged,
        acknowledged: sequence,
      };
    } else if (source.join() === own && view.getUint16(0) === port && found) {
      found = { ...found, acknowledged };
    }
  }
}

function textOf(octets: readonly number[]): string {
  if (octets.length === 4) return octets.join(".");
  const words = Array.from({ length: 8 }, (_, i) => (octets[2 * i]! << 8) | octets[2 * i + 1]!);
  return words.map((word) => word.toString(16)).join(":");
}

function segmentOf({ address, port }: Stray, numbers: Numbers, client: string) {
  const bytes = new Uint8Array(20 + 100).fill(0x7a, 20);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, port);
  view.setUint16(2, numbers.clientPort);
  view.setUint32(4, numbers.sequence >>> 0);
  view.setUint32(8, numbers.acknowledged);
  // Offset of five words, ACK and PSH, a window of 500.
  bytes.set([0x50, 0x18, 0x01, 0xf4], 12);
  const ends = [...octetsOf(address), ...octetsOf(client)];
  const pseudo = new Uint8Array([...ends, 0, TCP, bytes.length >> 8, bytes.length & 255]);
  view.setUint16(16, sum(new Uint8Array([...pseudo, ...bytes])));
  return bytes;
}
