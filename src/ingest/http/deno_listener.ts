/**
 * Deno's HTTP server, kept up. It ends for good when it can accept no more connections, for example
 * when strangers hold as many open as the process may have files. The connections it has go on. A new
 * server listens on the same port as soon as that is possible, so that the ingest does not end.
 */
import { LasthopError } from "../../event/error.ts";
import { boundSockets, type SocketBounds } from "./socket_bounds.ts";

/** Answers a request. `peer` is where it came from, `port` the one that it came to. */
export type Handler = (
  request: Request,
  peer: Deno.NetAddr,
  port: number,
) => Response | Promise<Response>;

/** Where to listen, and what to do with requests. Port 0: any that is free. */
export interface ListenerOptions {
  hostname: string;
  port: number;
  handler: Handler;
  /** What each connection is held to; nothing when absent. */
  bounds?: SocketBounds;
  log: (line: string) => void;
}

/** Pause before it is tried again to listen. */
const AGAIN_MS = 200;
/** How often the log is told, while connections can't be accepted. */
const TELL_EVERY_MS = 60_000;

/** A server that listens until it is stopped. */
export class Listener {
  readonly url: string;
  #server: Deno.HttpServer<Deno.NetAddr>;
  #port: number;
  #stopped = false;
  #toldMs = -Infinity;
  #retry: ReturnType<typeof setTimeout> | undefined;

  /** Throws LasthopError `listen_failed`. */
  constructor(readonly options: ListenerOptions) {
    const { hostname, port } = options;
    this.#port = port;
    try {
      this.#server = this.#listen();
    } catch (error) {
      throw cannotListen(hostname, port, error);
    }
    this.#port = this.#server.addr.port;
    this.url = urlOf(this.#server.addr);
  }

  #listen(): Deno.HttpServer<Deno.NetAddr> {
    const { hostname, handler } = this.options;
    const server = Deno.serve(
      { hostname, port: this.#port, onListen() {} },
      (request, info) => handler(request, info.remoteAddr, this.#port),
    );
    server.finished.catch((error) => this.#again(error));
    this.#bound(server.addr.port);
    return server;
  }

  #bound(port: number): void {
    const { bounds, log } = this.options;
    const why = bounds === undefined ? null : boundSockets(port, bounds);
    if (why === null) return;
    log(`Cannot bound connections: ${why}; who stops reading keeps its connection until it leaves`);
  }

  #again(error: unknown): void {
    if (this.#stopped) return;
    const nowMs = performance.now();
    if (nowMs - this.#toldMs >= TELL_EVERY_MS) {
      const said = error instanceof Error ? error.message : String(error);
      const why = said.replace(/^Error: /, "");
      this.options.log(`Cannot accept connections: ${why}, must have room; trying again`);
      this.#toldMs = nowMs;
    }
    this.#retry = setTimeout(() => {
      try {
        this.#server = this.#listen();
      } catch (again) {
        this.#again(again);
      }
    }, AGAIN_MS);
  }

  /** Lets requests that run finish, for at most `graceMs`; what takes longer ends with its connection. */
  async stop(graceMs: number): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#retry);
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, graceMs);
    // No signal cuts it short: Deno has let go of a server that shuts down, and to abort it would be an
    // error that nobody can catch.
    const { finished } = this.#server;
    const ended = this.#server.shutdown().then(() => finished).catch(() => {});
    await Promise.race([ended, late.promise]);
    clearTimeout(timer);
  }
}

function urlOf({ hostname, port }: Deno.NetAddr): string {
  return `http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
}

function cannotListen(hostname: string, port: number, error: unknown): LasthopError {
  const why = error instanceof Deno.errors.AddrInUse
    ? "something else listens there, must be free"
    : `${error instanceof Error ? error.message : error}, must be an address of this machine`;
  return new LasthopError("listen_failed", `Cannot listen on ${hostname}:${port}: ${why}`);
}
