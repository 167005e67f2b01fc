/**
 * What is asked of the kernel by calls of libc, since Deno has no netlink sockets: a socket in each of
 * a thousand namespaces costs 30 us and no process.
 */

const SYMBOLS = {
  open: { parameters: ["buffer", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  setns: { parameters: ["i32", "i32"], result: "i32" },
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  bind: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
  send: { parameters: ["i32", "buffer", "usize", "i32"], result: "isize" },
  recv: { parameters: ["i32", "buffer", "usize", "i32"], result: "isize" },
  eventfd: { parameters: ["u32", "i32"], result: "i32" },
  write: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  epoll_create1: { parameters: ["i32"], result: "i32" },
  epoll_ctl: { parameters: ["i32", "i32", "i32", "buffer"], result: "i32" },
  epoll_wait: {
    ...{ parameters: ["i32", "buffer", "i32", "i32"], result: "i32" },
    nonblocking: true,
  },
  __errno_location: { parameters: [], result: "pointer" },
} as const satisfies Deno.ForeignLibraryInterface;

/** Calls of libc. All but `epoll_wait` return at once. */
export type Libc = Deno.StaticForeignLibraryInterface<typeof SYMBOLS>;

let loaded: Libc | Error | undefined;

/** The C library of this process. Throws when it may not be called. */
export function libc(): Libc {
  try {
    loaded ??= Deno.dlopen("libc.so.6", SYMBOLS).symbols;
  } catch (error) {
    loaded = error instanceof Error ? error : new Error(String(error));
  }
  if (loaded instanceof Error) throw loaded;
  return loaded;
}

/** The number of the error of the last call that failed. */
export function errno(): number {
  const at = libc().__errno_location();
  return at === null ? 0 : new Deno.UnsafePointerView(at).getInt32();
}

/** Numbers of errors, as `errno` has them. */
export const ERRNO = { interrupted: 4, again: 11, tooManyFiles: 24, noBuffers: 105 } as const;

/** Of a new file descriptor: it is not handed to programs that are started. */
export const CLOEXEC = 0x80000;
/** Of a new file descriptor: nobody waits for it. */
export const NONBLOCK = 0x800;

/** A file descriptor of what is at `path`, to read it; negative when it can't be opened. */
export const openPath = (path: string): number =>
  libc().open(new TextEncoder().encode(`${path}\0`), CLOEXEC);

/** What the last call that failed could not do, and why. */
export function failure(what: string): Error {
  const number = errno();
  const why = number === ERRNO.tooManyFiles ? "too many files are open" : `error ${number}`;
  return new Error(`cannot ${what}: ${why}`);
}
