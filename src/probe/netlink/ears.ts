/** Hears many netlink sockets at once, with one thread that waits for all of them. */
import { ERRNO, errno, libc } from "./libc.ts";
import { type Message, messagesIn } from "./message.ts";
import { NetlinkSocket } from "./socket.ts";

/** What a socket tells. */
export interface EarHooks {
  onMessage(message: Message): void;
  /** The kernel had more to tell than there was room for. */
  onLost(): void;
  /** It tells nothing any more. */
  onEnd(why: string): void;
}

/** A socket that is heard. */
export interface Ear {
  /** Tells what waits, before it comes by itself: what happened before this call is told after it. */
  hearNow(): void;
  letGo(): void;
}

const CLOEXEC = 0x80000;
const NONBLOCK = 0x800;
const ADD = 1;
const READABLE = 1;
/** `struct epoll_event` has no gap on x86_64, and one on others. */
const EVENT_BYTES = Deno.build.arch === "x86_64" ? 12 : 16;
const FD_AT = EVENT_BYTES - 8;
const EVENTS_MAX = 256;
/** Receptions of one socket before others get their turn: far more than may wait. */
const TURN_MAX = 10_000;

/** Sockets that are heard until they are closed, or `close`. */
export class Ears {
  readonly #epoll: number;
  readonly #bell: number;
  readonly #events = new Uint8Array(EVENT_BYTES * EVENTS_MAX);
  readonly #sockets = new Map<number, { socket: NetlinkSocket; hooks: EarHooks }>();
  readonly #over: Promise<void>;
  #closed = false;

  /** Throws when libc may not be called. */
  constructor() {
    const { epoll_create1, eventfd } = libc();
    this.#epoll = epoll_create1(CLOEXEC);
    this.#bell = eventfd(0, CLOEXEC | NONBLOCK);
    this.#watch(this.#bell);
    this.#over = this.#run();
  }

  /** Hears a socket until it is let go. */
  add(socket: NetlinkSocket, hooks: EarHooks): Ear {
    const { fd } = socket;
    this.#sockets.set(fd, { socket, hooks });
    this.#watch(fd);
    return { hearNow: () => this.#hear(fd), letGo: () => this.#drop(fd) };
  }

  /** Hears nothing any more, and resolves when nobody waits. */
  async close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      libc().write(this.#bell, new Uint8Array([1, 0, 0, 0, 0, 0, 0, 0]), 8n);
    }
    await this.#over;
  }

  #watch(fd: number): void {
    const event = new Uint8Array(EVENT_BYTES);
    const view = new DataView(event.buffer);
    view.setUint32(0, READABLE, true);
    view.setInt32(FD_AT, fd, true);
    libc().epoll_ctl(this.#epoll, ADD, fd, event);
  }

  /** Closing takes it out of what is waited for. */
  #drop(fd: number): void {
    const own = this.#sockets.get(fd);
    if (!this.#sockets.delete(fd)) return;
    own?.socket.close();
  }

  async #run(): Promise<void> {
    const view = new DataView(this.#events.buffer);
    while (!this.#closed) {
      const count = await libc().epoll_wait(this.#epoll, this.#events, EVENTS_MAX, -1);
      // errno is another thread's: what failed once is tried again, and what never works ends here.
      if (count < 0 && errno() !== ERRNO.interrupted) await pause();
      for (let i = 0; i < count && !this.#closed; i++) {
        this.#hear(view.getInt32(i * EVENT_BYTES + FD_AT, true));
      }
    }
    for (const fd of [...this.#sockets.keys()]) this.#drop(fd);
    libc().close(this.#epoll);
    libc().close(this.#bell);
  }

  #hear(fd: number): void {
    for (let taken = 0; taken < TURN_MAX; taken++) {
      const own = this.#sockets.get(fd);
      if (!own) return;
      const received = own.socket.receive();
      switch (received.kind) {
        case "none":
          return;
        case "lost":
          own.hooks.onLost();
          break;
        case "broken":
          this.#drop(fd);
          return own.hooks.onEnd(received.why);
        case "bytes":
          for (const message of messagesIn(received.bytes)) own.hooks.onMessage(message);
      }
    }
  }
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 100));
