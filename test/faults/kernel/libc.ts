/**
 * The few calls of the C library that the bench makes for itself. In one process, sockets of dozens
 * of namespaces cost nothing; a program per socket would cost more than the traffic.
 */
const library = Deno.dlopen("libc.so.6", {
  setns: { parameters: ["i32", "i32"], result: "i32" },
  open: { parameters: ["buffer", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  bind: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  listen: { parameters: ["i32", "i32"], result: "i32" },
  accept4: { parameters: ["i32", "pointer", "pointer", "i32"], result: "i32" },
  connect: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  send: { parameters: ["i32", "buffer", "usize", "i32"], result: "isize" },
  sendto: {
    parameters: ["i32", "buffer", "usize", "i32", "buffer", "u32"],
    result: "isize",
  },
  recvfrom: {
    parameters: ["i32", "buffer", "usize", "i32", "buffer", "buffer"],
    result: "isize",
  },
  setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
  getsockopt: { parameters: ["i32", "i32", "i32", "buffer", "buffer"], result: "i32" },
  getsockname: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  shutdown: { parameters: ["i32", "i32"], result: "i32" },
  if_nametoindex: { parameters: ["buffer"], result: "u32" },
  poll: { parameters: ["buffer", "usize", "i32"], result: "i32" },
  syscall: { parameters: ["i64", "i64", "buffer", "i64"], result: "i64" },
  __errno_location: { parameters: [], result: "pointer" },
});

export const libc = library.symbols;

export function errno(): number {
  return new Deno.UnsafePointerView(libc.__errno_location()!).getInt32();
}

export function cString(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${text}\0`);
}

/** Throws what the kernel said when a call answered less than zero. */
export function checked(what: string, answer: number | bigint): number {
  if (Number(answer) >= 0) return Number(answer);
  throw new Error(`Cannot ${what}: errno is ${errno()}, must succeed`);
}

const CLONE_NEWNET = 0x40000000;
let home: number | undefined;

/** Runs `work` in a namespace. It must not wait: the whole thread is there meanwhile. */
export function inNetns<T>(name: string, work: () => T): T {
  home ??= checked("open the own namespace", libc.open(cString("/proc/self/ns/net"), 0));
  const there = checked(`open ${name}`, libc.open(cString(`/run/netns/${name}`), 0));
  try {
    checked(`enter ${name}`, libc.setns(there, CLONE_NEWNET));
    return work();
  } finally {
    checked("return from a namespace", libc.setns(home, CLONE_NEWNET));
    libc.close(there);
  }
}
