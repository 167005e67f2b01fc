/** Sockets that live in a namespace and never block; who waits for them is `poller.ts`. */
import { AF_INET, AF_INET6, sockaddr } from "./address.ts";
import { checked, errno, inNetns, libc } from "./libc.ts";

const SOCK_STREAM = 1;
const SOCK_DGRAM = 2;
const SOCK_FLAGS = 0x800 | 0x80000;
const SOL_SOCKET = 1;
const IPPROTO_IP = 0;
const IPPROTO_IPV6 = 41;
const EAGAIN = 11;
const EINPROGRESS = 115;
const MSG_NOSIGNAL = 0x4000;

export const OPTION = {
  reuse: [SOL_SOCKET, 2],
  error: [SOL_SOCKET, 4],
  receiveBuffer: [SOL_SOCKET, 8],
  attachFilter: [SOL_SOCKET, 26],
  noCheck: [SOL_SOCKET, 11],
  /** 2 sets "don't fragment" and obeys path MTU, 3 sets it and ignores path MTU. */
  mtuDiscover: [IPPROTO_IP, 10],
  ttl: [IPPROTO_IP, 2],
  onlySix: [IPPROTO_IPV6, 26],
} as const;

export type Protocol = "tcp" | "udp";

/** A call's answer: a count, that it would wait, or the error's number. */
export type Outcome = { count: number } | { waits: true } | { error: number };

export class Socket {
  #open = true;

  /** `netns` is the socket's; its calls are made there, as those of a program that lives there are. */
  constructor(readonly fd: number, readonly netns: string) {}

  static create(netns: string, family: 4 | 6, protocol: Protocol): Socket {
    const type = (protocol === "tcp" ? SOCK_STREAM : SOCK_DGRAM) | SOCK_FLAGS;
    const fd = inNetns(netns, () => libc.socket(family === 6 ? AF_INET6 : AF_INET, type, 0));
    return new Socket(checked(`make a socket in ${netns}`, fd), netns);
  }

  /** A socket for whole frames. */
  static frames(netns: string): Socket {
    const fd = inNetns(netns, () => libc.socket(17, 3 | SOCK_FLAGS, 0));
    return new Socket(checked(`make a packet socket in ${netns}`, fd), netns);
  }

  /** A second reader of everything of a protocol, as a monitoring agent has. */
  static raw(netns: string, protocol: number, family: 4 | 6 = 4): Socket {
    const domain = family === 6 ? AF_INET6 : AF_INET;
    const fd = inNetns(netns, () => libc.socket(domain, 3 | SOCK_FLAGS, protocol));
    return new Socket(checked(`make a raw socket in ${netns}`, fd), netns);
  }

  /** A tap: sees every frame of the namespace, as tcpdump does. */
  static tap(netns: string): Socket {
    const everything = 0x0300;
    const fd = inNetns(netns, () => libc.socket(17, 3 | SOCK_FLAGS, everything));
    return new Socket(checked(`make a tap in ${netns}`, fd), netns);
  }

  set([level, name]: readonly [number, number], value: number): this {
    return this.setBytes([level, name], new Uint8Array(new Int32Array([value]).buffer));
  }

  setBytes([level, name]: readonly [number, number], value: Uint8Array<ArrayBuffer>): this {
    checked("set a socket option", libc.setsockopt(this.fd, level, name, value, value.length));
    return this;
  }

  get error(): number {
    const value = new Int32Array(1);
    const length = new Uint32Array([4]);
    const [level, name] = OPTION.error;
    libc.getsockopt(this.fd, level, name, new Uint8Array(value.buffer), length);
    return value[0]!;
  }

  bind(address: string, port: number): this {
    const name = sockaddr(address, port);
    checked(`bind ${address} port ${port}`, libc.bind(this.fd, name, name.length));
    return this;
  }

  listen(backlog: number): this {
    checked("listen", libc.listen(this.fd, backlog));
    return this;
  }

  accept(): Socket | undefined {
    const fd = libc.accept4(this.fd, null, null, SOCK_FLAGS);
    return fd < 0 ? undefined : new Socket(fd, this.netns);
  }

  connect(address: string, port: number): Outcome {
    const name = sockaddr(address, port);
    return this.#there(() => libc.connect(this.fd, name, name.length));
  }

  send(data: Uint8Array<ArrayBuffer>): Outcome {
    return this.#there(() => libc.send(this.fd, data, BigInt(data.length), MSG_NOSIGNAL));
  }

  sendTo(data: Uint8Array<ArrayBuffer>, name: Uint8Array<ArrayBuffer>): Outcome {
    return this.#there(() => libc.sendto(this.fd, data, BigInt(data.length), 0, name, name.length));
  }

  receive(into: Uint8Array<ArrayBuffer>, from = new Uint8Array(28)): Outcome {
    const length = new Uint32Array([from.length]);
    return outcome(libc.recvfrom(this.fd, into, BigInt(into.length), 0, from, length));
  }

  /** Half of a connection: no more is sent, the rest may still come. */
  endWriting(): void {
    libc.shutdown(this.fd, 1);
  }

  get name(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(28);
    checked("read a name", libc.getsockname(this.fd, bytes, new Uint32Array([28])));
    return bytes;
  }

  /** The error's number is read before the thread goes back: that makes calls of its own. */
  #there(call: () => number | bigint): Outcome {
    return inNetns(this.netns, () => outcome(call()));
  }

  close(): void {
    if (this.#open) libc.close(this.fd);
    this.#open = false;
  }
}

function outcome(answer: number | bigint): Outcome {
  const count = Number(answer);
  if (count >= 0) return { count };
  const error = errno();
  return error === EAGAIN || error === EINPROGRESS ? { waits: true } : { error };
}
