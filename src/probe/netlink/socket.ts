/** A netlink socket in a network namespace. */
import { CLOEXEC, ERRNO, errno, failure, libc, NONBLOCK, openPath } from "./libc.ts";

/** Kinds of netlink, as `socket` numbers them. */
export const NETLINK = { route: 0, netfilter: 12 } as const;

const AF_NETLINK = 16;
const SOCK_RAW = 3;
const CLONE_NEWNET = 0x40000000;
const MSG_DONTWAIT = 0x40;
const MSG_TRUNC = 0x20;
const SOL_SOCKET = 1;
const SO_RCVBUFFORCE = 33;
/**
 * Bytes of messages that wait in the kernel while this process does other things: it takes them only
 * when they come.
 */
const WAITING_BYTES_MAX = 1024 * 1024;
/** Bytes of what comes at once: the kernel sends no longer ones. */
const RECEIVE_BYTES = 64 * 1024;

/** One for all: what was received is read before anything else is. */
const received = new Uint8Array(RECEIVE_BYTES);

let ownNetns: number | undefined;

/**
 * Calls `use` with this thread in the namespace at `path`, whose inode must be `inode`. It must not wait
 * for anything. Throws when the namespace can't be entered, is another one, or when this thread could not
 * come back.
 */
function inNetns<T>(path: string, inode: number, use: () => T): T {
  const { close, setns } = libc();
  ownNetns ??= opened("/proc/thread-self/ns/net");
  // Shown before leaving: with fewer rights than it takes, one can go and not come back.
  if (setns(ownNetns, CLONE_NEWNET) !== 0) throw failure("enter its own network namespace");
  const fd = opened(path);
  try {
    if (setns(fd, CLONE_NEWNET) !== 0) throw failure(`enter "${path}"`);
    try {
      const link = Deno.readLinkSync("/proc/thread-self/ns/net");
      if (link !== `net:[${inode}]`) throw new Error(`"${path}" is ${link}: it is gone`);
      return use();
    } finally {
      if (setns(ownNetns, CLONE_NEWNET) !== 0) {
        // Everything else this process does would be done in the wrong network.
        console.error("lasthop: Cannot come back to its own network namespace");
        Deno.exit(1);
      }
    }
  } finally {
    close(fd);
  }
}

function opened(path: string): number {
  const fd = openPath(path);
  if (fd < 0) throw failure(`open "${path}"`);
  return fd;
}

/** What came of an attempt to receive. */
export type Received =
  | { kind: "bytes"; bytes: Uint8Array }
  /** Nothing waits. */
  | { kind: "none" }
  /** There was more than there was room for: some of it is lost. */
  | { kind: "lost" }
  /** Nothing will come any more. */
  | { kind: "broken"; why: string };

/** A netlink socket of this process in some namespace, which it keeps alive. */
export class NetlinkSocket {
  private constructor(readonly fd: number) {}

  /**
   * A socket in the namespace at `path` with this inode. `groups` are the bits of the multicast groups
   * that it hears. Throws when it can't be had.
   */
  static open(path: string, inode: number, protocol: number, groups = 0): NetlinkSocket {
    const fd = inNetns(path, inode, () => {
      const made = libc().socket(AF_NETLINK, SOCK_RAW | CLOEXEC | NONBLOCK, protocol);
      if (made < 0) throw failure("make a netlink socket");
      return made;
    });
    const socket = new NetlinkSocket(fd);
    if (groups !== 0) socket.#listen(groups);
    return socket;
  }

  #listen(groups: number): void {
    const { bind, setsockopt } = libc();
    const size = new Uint8Array(new Int32Array([WAITING_BYTES_MAX]).buffer);
    // Without the right to more it has what the machine gives.
    setsockopt(this.fd, SOL_SOCKET, SO_RCVBUFFORCE, size, size.length);
    const address = new Uint8Array(12);
    const view = new DataView(address.buffer);
    view.setUint16(0, AF_NETLINK, true);
    view.setUint32(8, groups >>> 0, true);
    if (bind(this.fd, address, address.length) !== 0) {
      const error = failure("hear of changes");
      this.close();
      throw error;
    }
  }

  /** What waits; its bytes hold until the next call of any socket. */
  receive(): Received {
    const size = Number(
      libc().recv(this.fd, received, BigInt(received.length), MSG_DONTWAIT | MSG_TRUNC),
    );
    // With MSG_TRUNC it is the length that it had, also where there was no room for all of it.
    if (size > received.length) return { kind: "lost" };
    if (size > 0) return { kind: "bytes", bytes: received.subarray(0, size) };
    const number = size < 0 ? errno() : 0;
    if (number === ERRNO.again || number === ERRNO.interrupted) return { kind: "none" };
    if (number === ERRNO.noBuffers) return { kind: "lost" };
    return { kind: "broken", why: `error ${number}` };
  }

  /**
   * Asks, and gives what the kernel answers: it does so before it comes back. Null when it does not
   * understand.
   */
  ask(question: Uint8Array<ArrayBuffer>): Uint8Array | null {
    const sent = Number(libc().send(this.fd, question, BigInt(question.length), 0));
    if (sent !== question.length) return null;
    const answer = this.receive();
    return answer.kind === "bytes" ? answer.bytes : null;
  }

  close(): void {
    libc().close(this.fd);
  }
}
