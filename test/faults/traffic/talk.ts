/** What a case sends, and how it is known whether it came through. */
import type { Namespace } from "../../../src/lab/namespace.ts";
import { ping } from "../../../src/lab/traffic.ts";
import { portOf } from "../kernel/address.ts";
import { type Frame, sendFrames } from "../kernel/frame.ts";
import { READ, untilReady, WRITE } from "../kernel/poller.ts";
import { OPTION, type Protocol, Socket } from "../kernel/socket.ts";
import { sendAll } from "./server.ts";

/** What happened, by the sender's own word. */
export interface Sent {
  sent: number;
  answered: number;
  error?: string;
  /** Tells this talk's flow from others between the same end points. */
  sourcePort?: number;
}

export interface PingTalk {
  kind: "ping";
  from: Namespace;
  to: string;
  count?: number;
  size?: number;
  options?: readonly string[];
  waitMs?: number;
  intervalMs?: number;
}

export interface SocketTalk {
  kind: Protocol;
  from: Namespace;
  to: string;
  port: number;
  source?: string;
  sourcePort?: number;
  /** Octets of the request, of each datagram. */
  size?: number;
  /** Datagrams. */
  count?: number;
  /** No reply will come and none is waited for. */
  oneWay?: boolean;
  ttl?: number;
  mtuDiscover?: number;
  timeoutMs?: number;
  /** Over TCP: the client doesn't close its half until it has its answer, or gives up. */
  staysOpen?: boolean;
  /** Over TCP: happens between two parts of the request. */
  between?(): Promise<void>;
}

/** Frames made by hand; no answer is waited for. */
export interface FrameTalk extends Pick<SocketTalk, "from" | "to" | "port" | "count" | "oneWay"> {
  kind: Protocol;
  device: string;
  frame: Omit<Frame, "destination" | "destinationPort" | "protocol">;
}

export type Talk = PingTalk | SocketTalk | FrameTalk;

const TIMEOUT_MS = 1_600;
const QUIET_MS = 300;

export function send(talk: Talk): Promise<Sent> {
  if (talk.kind === "ping") return sendPing(talk);
  if ("frame" in talk) return Promise.resolve(sendByHand(talk));
  return talk.kind === "tcp" ? sendTcp(talk) : sendUdp(talk);
}

function sendByHand({ from, device, frame, to, port, kind, count = 2 }: FrameTalk): Sent {
  const whole = { ...frame, destination: to, destinationPort: port, protocol: kind };
  sendFrames(from.name, device, whole, count);
  return { sent: count, answered: 0, sourcePort: frame.sourcePort };
}

async function sendPing(talk: PingTalk): Promise<Sent> {
  const { count = 3, intervalMs = 200, waitMs = 1_000, size, options } = talk;
  const done = await ping(talk.from, talk.to, { count, intervalMs, waitMs, size, options });
  return { sent: done.sent, answered: done.answered, error: done.error };
}

function open(talk: SocketTalk): Socket {
  const family = talk.to.includes(":") ? 6 : 4;
  const socket = Socket.create(talk.from.name, family, talk.kind);
  const any = family === 6 ? "::" : "0.0.0.0";
  if (talk.ttl !== undefined) socket.set(OPTION.ttl, talk.ttl);
  if (talk.mtuDiscover !== undefined) socket.set(OPTION.mtuDiscover, talk.mtuDiscover);
  if (talk.source !== undefined || talk.sourcePort !== undefined) {
    socket.bind(talk.source ?? any, talk.sourcePort ?? 0);
  }
  return socket;
}

async function sendTcp(talk: SocketTalk): Promise<Sent> {
  const { timeoutMs = TIMEOUT_MS, size = 100 } = talk;
  const socket = open(talk);
  const result: Sent = { sent: 1, answered: 0 };
  try {
    const begun = socket.connect(talk.to, talk.port);
    result.sourcePort = portOf(socket.name);
    if ("error" in begun) return { ...result, error: `connect: ${begun.error}` };
    if (!await untilReady(socket.fd, WRITE, timeoutMs)) return { ...result, error: "no handshake" };
    if (socket.error !== 0) return { ...result, error: "refused" };
    if (talk.between !== undefined) {
      await sendAll(socket, size, timeoutMs);
      // What acknowledges it is through when the server has been quiet for a while.
      await untilReady(socket.fd, READ, QUIET_MS);
      await talk.between();
    }
    if (!await sendAll(socket, size, timeoutMs)) return { ...result, error: "request not taken" };
    if (!talk.staysOpen) socket.endWriting();
    const answer = await readAll(socket, timeoutMs, talk.staysOpen ? QUIET_MS : timeoutMs);
    return answer > 0 ? { ...result, answered: 1 } : { ...result, error: "no answer" };
  } finally {
    socket.close();
  }
}

/** Octets until the other end closes, or until none came for `thenMs` after the first. */
async function readAll(socket: Socket, timeoutMs: number, thenMs: number): Promise<number> {
  const data = new Uint8Array(65_536);
  for (let octets = 0;;) {
    if (!await untilReady(socket.fd, READ, octets > 0 ? thenMs : timeoutMs)) {
      return thenMs < timeoutMs ? octets : 0;
    }
    const got = socket.receive(data);
    if ("error" in got) return 0;
    if ("count" in got && got.count === 0) return octets;
    if ("count" in got) octets += got.count;
  }
}

async function sendUdp(talk: SocketTalk): Promise<Sent> {
  const { count = 2, size = 64, timeoutMs = TIMEOUT_MS } = talk;
  const socket = open(talk);
  const result: Sent = { sent: 0, answered: 0 };
  try {
    const begun = socket.connect(talk.to, talk.port);
    result.sourcePort = portOf(socket.name);
    if ("error" in begun) return { ...result, error: `connect: ${begun.error}` };
    const data = new Uint8Array(Math.max(size, 1)).fill(0x75);
    const take = async (waitMs: number) => {
      if (!await untilReady(socket.fd, READ, waitMs)) return false;
      const got = socket.receive(new Uint8Array(65_536));
      if ("count" in got) result.answered++;
      else if ("error" in got) result.error = `receive: ${got.error}`;
      return true;
    };
    for (let i = 0; i < count; i++) {
      const done = socket.send(data);
      result.sent++;
      if ("error" in done) result.error = `send: ${done.error}`;
      // One after another where replies come: what a resolver does.
      if (!talk.oneWay) await take(timeoutMs / (2 * count));
    }
    const untilMs = performance.now() + timeoutMs / 2;
    while (!talk.oneWay && result.answered < count) {
      if (!await take(untilMs - performance.now())) break;
    }
    return result;
  } finally {
    socket.close();
  }
}
