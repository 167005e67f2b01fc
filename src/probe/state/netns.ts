/** Which network namespaces this machine has, and how to open each. */
import { LasthopError } from "../../event/error.ts";
import type { NetnsHolder } from "../../event/netns_holder.ts";
import { Holders } from "./holders.ts";
import { inodeIn, inodeOfLink } from "./netns_inode.ts";
import { Processes } from "./processes.ts";

/** A network namespace, and how to get into it. */
export interface NetnsHandle {
  inode: number;
  name?: string;
  /** Path to open: /run/netns/NAME or /proc/PID/ns/net. */
  path: string;
  /** The machine's own: that of its first process, else of its kernel. Absent: neither can be read. */
  own?: boolean;
  /** Whose processes are in it. Absent: nobody's, or it is the machine's own. */
  holder?: NetnsHolder;
}

/** Processes looked at before others get their turn. */
const AT_ONCE = 500;
/** Processes of a namespace that are remembered, so as to tell whose it is. */
const PROCESSES_MAX = 8;

/** Every node of this machine is asked by the same: what was found once needs no second look. */
const processes = new Processes();
const holders = new Holders();

/** The last look, and when it ended. */
let last: { handles: NetnsHandle[]; atMs: number } | undefined;
/** So old a look may be, where it need not be of now. */
const RECENT_MS = 2_000;

/**
 * Every netns of this machine, by inode, and whose each is: bind-mounted ones (`ip netns`, container
 * runtimes) under their name, and those only a process holds; the current one included.
 */
export async function listNetns(): Promise<NetnsHandle[]> {
  const scan = scanning();
  for (let looked = 1;; looked++) {
    const { done, value } = scan.next();
    if (done) {
      const handles = holders.addTo(value.handles, value.processes, processes);
      last = { handles, atMs: performance.now() };
      return handles;
    }
    if (looked % AT_ONCE === 0) await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

/** As `listNetns`, or what it found within the last two seconds. */
export function recentNetns(): Promise<NetnsHandle[]> {
  return last !== undefined && performance.now() - last.atMs < RECENT_MS
    ? Promise.resolve(last.handles)
    : listNetns();
}

/** As `listNetns`, at once, without whose they are: it reads /proc. */
export function scanNetns(): NetnsHandle[] {
  const scan = scanning();
  for (;;) {
    const { done, value } = scan.next();
    if (done) return value.handles;
  }
}

/** What there is, and the first processes of each namespace by its inode. */
interface Scan {
  handles: NetnsHandle[];
  processes: ReadonlyMap<number, readonly number[]>;
}

/** Pauses after each process. */
function* scanning(): Generator<undefined, Scan> {
  const found = new Map<number, NetnsHandle>();
  for (const handle of [...mounted("self", ""), ...mounted("1", "/proc/1/root")]) {
    const known = found.get(handle.inode);
    // A name given by `ip netns` is what people know it by.
    if (!known || (!isNamed(known.path) && isNamed(handle.path))) found.set(handle.inode, handle);
  }
  const processesIn = new Map<number, number[]>();
  processes.beginLook();
  for (const pid of [Deno.pid, ...pids()]) {
    yield;
    const inode = processes.netnsOf(pid);
    if (inode === undefined) continue;
    const list = processesIn.get(inode) ?? [];
    processesIn.set(inode, list);
    if (list.length < PROCESSES_MAX) list.push(pid);
    if (!found.has(inode)) found.set(inode, { inode, path: `/proc/${pid}/ns/net` });
  }
  processes.endLook();
  const own = inodeOfLink("/proc/1/ns/net") ?? netnsOfKernel();
  const handles = [...found.values()].sort((a, b) => a.inode - b.inode)
    .map((handle) => own === undefined ? handle : { ...handle, own: handle.inode === own });
  return { handles, processes: processesIn };
}

/** PF_KTHREAD of a process's flags: it is a thread of the kernel, and in the first namespace. */
const KERNEL_THREAD = 0x200000;

/** The namespace that the kernel began with, by the parent of its threads. */
function netnsOfKernel(): number | undefined {
  try {
    const stat = Deno.readTextFileSync("/proc/2/stat");
    const [, , , , , , flags] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(flags) & KERNEL_THREAD) === 0 ? undefined : inodeOfLink("/proc/2/ns/net");
  } catch {
    // A container sees its own processes alone.
    return undefined;
  }
}

/** It has a name, and not one by which `ip netns` finds it: container runtimes mount where they like. */
export function isOnlyMounted({ name, path }: NetnsHandle): boolean {
  return name !== undefined && !isNamed(path);
}

function isNamed(path: string): boolean {
  return /^(?:\/proc\/1\/root)?(?:\/var)?\/run\/netns\//.test(path);
}

/** Namespaces bind-mounted in the mount namespace of a process, by its mount table. */
function mounted(pid: string, root: string): NetnsHandle[] {
  let table: string;
  try {
    if (pid !== "self" && Deno.readLinkSync(`/proc/${pid}/ns/mnt`) === ownMounts()) return [];
    table = Deno.readTextFileSync(`/proc/${pid}/mountinfo`);
  } catch {
    // Another user's process, or one that ended meanwhile.
    return [];
  }
  return table.split("\n").flatMap((line) => {
    const [, , , source = "", target = ""] = line.split(" ");
    const inode = inodeIn(source);
    if (inode === undefined) return [];
    const path = root + unescape(target);
    const name = path.split("/").at(-1);
    return [{ inode, ...(name ? { name } : {}), path }];
  });
}

function ownMounts(): string {
  return Deno.readLinkSync("/proc/self/ns/mnt");
}

/** Mount tables write a space as `\040`. */
function unescape(path: string): string {
  return path.replace(/\\(\d{3})/g, (_, digits) => String.fromCharCode(Number.parseInt(digits, 8)));
}

function* pids(): Generator<number> {
  for (const { name } of Deno.readDirSync("/proc")) {
    // Other names there begin with a letter.
    if (name.charCodeAt(0) <= 57 && Number(name) !== Deno.pid) yield Number(name);
  }
}

/** The netns behind a path now: a link of a process, or a bind mount of one. */
export function inodeOf(path: string): number | undefined {
  // What fails costs the most: a bind mount is rarely below /proc, and a link nowhere else.
  return path.startsWith("/proc/")
    ? inodeOfLink(path) ?? inodeOfMount(path)
    : inodeOfMount(path) ?? inodeOfLink(path);
}

/**
 * A namespace by name, inode, `pid:123` or absolute path. Throws LasthopError `netns_unknown` when
 * there is none.
 */
export async function findNetns(name: string): Promise<NetnsHandle> {
  const all = await listNetns();
  const pid = /^pid:(\d+)$/.exec(name)?.[1];
  const path = pid === undefined ? name : `/proc/${pid}/ns/net`;
  if (path.startsWith("/")) return byPath(path, all);
  const found = all.find((one) => one.name === name) ??
    all.find((one) => /^\d+$/.test(name) && one.inode === Number(name));
  if (found) return found;
  throw new LasthopError(
    "netns_unknown",
    `Cannot find network namespace "${name}": ${suggestion(name, all)}`,
  );
}

function byPath(path: string, all: readonly NetnsHandle[]): NetnsHandle {
  const inode = inodeOf(path);
  if (inode === undefined) {
    throw new LasthopError(
      "netns_unknown",
      `Cannot open network namespace "${path}": it is not one, must be a file like ` +
        "/run/netns/NAME or /proc/PID/ns/net",
    );
  }
  return all.find((one) => one.inode === inode) ?? { inode, path };
}

/** Of the file system that all namespaces are files of. */
let device: number | undefined;

/** A bind mount is no link; it is a file of the same file system as the links point to. */
function inodeOfMount(path: string): number | undefined {
  try {
    device ??= Deno.statSync("/proc/self/ns/net").dev;
    const file = Deno.statSync(path);
    return file.dev === device && file.ino !== null ? file.ino : undefined;
  } catch {
    return undefined;
  }
}

function suggestion(name: string, all: readonly NetnsHandle[]): string {
  const names = all.flatMap((one) => one.name === undefined ? [] : [one.name]);
  if (names.length === 0) return "no namespace of this machine has a name";
  const near = names.map((other) => ({ other, far: distance(name, other) }))
    .sort((a, b) => a.far - b.far || a.other.localeCompare(b.other))
    .slice(0, 5).map(({ other }) => `"${other}"`);
  return `must be one of the ${names.length} of this machine, nearest: ${near.join(", ")}`;
}

/**
 * How many letters have to be put in, left out or changed to make one of the other (Levenshtein).
 */
export function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, i) => i);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const change = (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
