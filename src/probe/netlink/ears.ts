/** Hears many netlink sockets at once, with one thread that waits for all of them. */
import { CLOEXEC, failure, libc, NONBLOCK } from "./libc.ts";
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

const ADD = 1;
const READABLE = 1;
/** `struct epoll_event` has no gap on x86_64, and one on others. */
const EVENT_BYTES = Deno.build.arch === "x86_64" ? 12 : 16;
const FD_AT = EVENT_BYTES - 8;
const EVENTS_MAX = 256;
/** Receptions of one socket before others get their turn: far more than may wait. */
const TURN_MAX = 10_000;

/** A socket and who is told what it says, while it is open. */
interface Heard {
  socket: NetlinkSocket;
  hooks: EarHooks;
}

/** Sockets that are heard until they are closed, or `close`. */
export class Ears {
  readonly #epoll: number;
  readonly #bell: number;
  readonly #events = new Uint8Array(EVENT_BYTES * EVENTS_MAX);
  readonly #sockets = new Map<number, Heard>();
  readonly #over: Promise<void>;
  #closed = false;

  /** Throws when libc may not be called, or too many files are open. */
  constructor() {
    const { close, epoll_create1, eventfd } = libc();
    this.#epoll = epoll_create1(CLOEXEC);
    if (this.#epoll < 0) throw failure("wait for several sockets");
    this.#bell = eventfd(0, CLOEXEC | NONBLOCK);
    try {
      if (this.#bell < 0) throw failure("be woken");
      this.#watch(this.#bell);
    } catch (error) {
      close(this.#bell);
      close(this.#epoll);
      throw error;
    }
    this.#over = this.#run();
  }

  /** Hears a socket until it is let go. Throws, and closes it, when it can't be waited for. */
  add(socket: NetlinkSocket, hooks: EarHooks): Ear {
    const heard: Heard = { socket, hooks };
    try {
      this.#watch(socket.fd);
    } catch (error) {
      socket.close();
      throw error;
    }
    this.#sockets.set(socket.fd, heard);
    return { hearNow: () => this.#hear(heard), letGo: () => this.#drop(heard) };
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
    if (libc().epoll_ctl(this.#epoll, ADD, fd, event) !== 0) throw failure("wait for a socket");
  }

  /** Whether it was not dropped: another socket may have its number since. */
  #isOpen(heard: Heard): boolean {
    return this.#sockets.get(heard.socket.fd) === heard;
  }

  /** Closing takes it out of what is waited for. */
  #drop(heard: Heard): void {
    if (!this.#isOpen(heard)) return;
    this.#sockets.delete(heard.socket.fd);
    heard.socket.close();
  }

  async #run(): Promise<void> {
    const view = new DataView(this.#events.buffer);
    while (!this.#closed) {
      const count = await libc().epoll_wait(this.#epoll, this.#events, EVENTS_MAX, -1);
      // Why is not known: errno is another thread's.
      if (count < 0) await pause();
      for (let i = 0; i < count && !this.#closed; i++) {
        const heard = this.#sockets.get(view.getInt32(i * EVENT_BYTES + FD_AT, true));
        if (heard) this.#hear(heard);
      }
    }
    for (const heard of [...this.#sockets.values()]) this.#drop(heard);
    libc().close(this.#epoll);
    libc().close(this.#bell);
  }

  #hear(heard: Heard): void {
    const { socket, hooks } = heard;
    for (let taken = 0; taken < TURN_MAX && this.#isOpen(heard); taken++) {
      const received = socket.receive();
      switch (received.kind) {
        case "none":
          return;
        case "lost":
          hooks.onLost();
          break;
        case "broken":
          this.#drop(heard);
          return hooks.onEnd(received.why);
        case "bytes":
          for (const message of messagesIn(received.bytes)) hooks.onMessage(message);
      }
    }
  }
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 100));
