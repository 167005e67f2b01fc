/** Daemons of Open vSwitch in a network namespace, and the files by which they are asked. */

/** An `ovs-vswitchd`. */
export interface Daemon {
  pid: number;
  /** Its control socket, as this process reaches it. */
  control: string;
  /** The socket of its database. Undefined: it is told of none in the file system. */
  database: string | undefined;
  /** Another socket of the daemon's file system, as this process reaches it. Undefined: it is none. */
  socket(path: string): string | undefined;
}

/** A machine has one; a lab one for each of its nodes. */
const DAEMONS_MAX = 4;

/**
 * Daemons by the control sockets of a namespace, as its /proc/net/unix has them, a path each line. A
 * path is that of the daemon's own file system, which may be a container's.
 */
export function daemonsOf(paths: string, netns: number, proc = "/proc"): Daemon[] {
  const found = new Map<number, Daemon>();
  for (const path of paths.split("\n")) {
    const named = /\/ovs-vswitchd\.(\d+)\.ctl$/.exec(path);
    if (named === null || found.size >= DAEMONS_MAX) continue;
    for (const pid of candidates(Number(named[1]), netns, proc)) {
      if (found.has(pid)) continue;
      const control = reached(path, pid, proc);
      if (control === undefined) continue;
      found.set(pid, {
        ...{ pid, control, database: databaseOf(pid, proc) },
        socket: (path) => reached(path, pid, proc),
      });
      break;
    }
  }
  return [...found.values()];
}

/** The process of that id; in a container it has another here, so all are looked at. */
function candidates(named: number, netns: number, proc: string): number[] {
  if (isDaemon(named, netns, proc)) return [named];
  try {
    return [...Deno.readDirSync(proc)].map(({ name }) => Number(name))
      .filter((pid) => Number.isInteger(pid) && isDaemon(pid, netns, proc));
  } catch {
    return [];
  }
}

function isDaemon(pid: number, netns: number, proc: string): boolean {
  try {
    return Deno.readTextFileSync(`${proc}/${pid}/comm`).trim() === "ovs-vswitchd" &&
      Deno.readLinkSync(`${proc}/${pid}/ns/net`) === `net:[${netns}]`;
  } catch {
    return false;
  }
}

/**
 * The file by the daemon's root. `/var/run` is a link to `/run`, which from outside of a container
 * leads to the machine's own.
 */
function reached(path: string, pid: number, proc: string): string | undefined {
  const root = `${proc}/${pid}/root`;
  return [root + path, root + path.replace(/^\/var\/run\//, "/run/")].find((file) => {
    try {
      return Deno.statSync(file).isSocket === true;
    } catch {
      return false;
    }
  });
}

/** It is told of its database by an argument: `unix:/run/openvswitch/db.sock`, which is the default. */
function databaseOf(pid: number, proc: string): string | undefined {
  try {
    const words = Deno.readTextFileSync(`${proc}/${pid}/cmdline`).split("\0").slice(1);
    const told = words.find((word) => /^(unix|tcp|ssl):/.test(word));
    const path = told === undefined ? "/run/openvswitch/db.sock" : /^unix:(.*)/.exec(told)?.[1];
    return path === undefined ? undefined : reached(path, pid, proc);
  } catch {
    return undefined;
  }
}
