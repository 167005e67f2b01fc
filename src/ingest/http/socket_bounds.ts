/**
 * Bounds that a listening socket hands down to each connection it accepts. Deno has no words for them
 * and gives nobody a connection of its HTTP server, so they are set once, by libc, on the listener.
 *
 * Without them a reader that stops reading keeps its connection for as long as it likes: Deno's server
 * looks for the end of a body only when it can write, and the kernel asks such a reader again and again
 * whether it has room. It takes 64 KiB of this process and up to 4 MiB of the kernel's memory.
 */

/** What each connection is held to. */
export interface SocketBounds {
  /** Longest time in which a peer takes nothing of what waits for it. */
  stallMs: number;
  /** What waits in the kernel for one peer; the kernel takes twice as much for it. */
  sendBufferBytes: number;
}

/** Linux, `include/uapi/linux/in.h`, `tcp.h`, `asm-generic/socket.h`: the same on x86-64 and arm64. */
const SOL_SOCKET = 1;
const SO_SNDBUF = 7;
const IPPROTO_TCP = 6;
const TCP_USER_TIMEOUT = 18;

const LISTENS = "0A";

/** Holds the connections of this process's listener on a port. Why it can't, or null when it could. */
export function boundSockets(port: number, bounds: SocketBounds): string | null {
  try {
    const fd = listenerFd(port);
    if (fd === null) return "the listening socket is not to be found";
    const libc = Deno.dlopen("libc.so.6", {
      setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
    });
    try {
      const set = (level: number, option: number, value: number) =>
        libc.symbols.setsockopt(fd, level, option, new Int32Array([value]), 4) === 0;
      const both = set(IPPROTO_TCP, TCP_USER_TIMEOUT, bounds.stallMs) &&
        set(SOL_SOCKET, SO_SNDBUF, bounds.sendBufferBytes);
      return both ? null : "the kernel refuses";
    } finally {
      libc.close();
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The number of the file that listens; null when this process has none on that port. */
function listenerFd(port: number): number | null {
  const inodes = ["/proc/self/net/tcp", "/proc/self/net/tcp6"].flatMap((path) =>
    inodesIn(path, port)
  );
  for (const { name } of Deno.readDirSync("/proc/self/fd")) {
    const inode = /^socket:\[(\d+)\]$/.exec(targetOf(`/proc/self/fd/${name}`))?.[1];
    if (inode !== undefined && inodes.includes(inode)) return Number(name);
  }
  return null;
}

function inodesIn(table: string, port: number): string[] {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return linesOf(table).flatMap((line) => {
    const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
    return state === LISTENS && local!.endsWith(wanted) ? [inode!] : [];
  });
}

/** None of a table that this kernel has not: IPv6 may be off. */
function linesOf(table: string): string[] {
  try {
    return Deno.readTextFileSync(table).split("\n");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** Empty for a file that was closed meanwhile. */
function targetOf(link: string): string {
  try {
    return Deno.readLinkSync(link);
  } catch {
    return "";
  }
}
