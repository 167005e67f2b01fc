/** What is on this machine: processes, mounts, BPF programs. Asked before and after a soak. */
import { libc } from "../faults/kernel/libc.ts";

/** In the environment of every process that a soak starts, so that what it leaves can be told. */
export const MARK = "LASTHOP_SOAK";

export interface ProcessFact {
  pid: number;
  parent: number;
  name: string;
}

export async function processes(): Promise<ProcessFact[]> {
  const found: ProcessFact[] = [];
  for await (const { name: pid } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(pid)) continue;
    const stat = await Deno.readTextFile(`/proc/${pid}/stat`).catch(() => "");
    const match = /^\d+ \((.*)\) (\S) (\d+)/.exec(stat);
    if (match === null || match[2] === "Z") continue;
    found.push({ pid: Number(pid), parent: Number(match[3]), name: match[1]! });
  }
  return found;
}

/** The bpftrace that a probe runs; several while it takes over from itself. */
export async function bpftraceOf(probe: number): Promise<number[]> {
  return (await processes())
    .filter(({ parent, name }) => parent === probe && name === "bpftrace")
    .map(({ pid }) => pid);
}

/** Processes that carry the mark of a soak, as "pid name". */
export async function marked(mark: string): Promise<string[]> {
  const found: string[] = [];
  for (const { pid, name } of await processes()) {
    if (pid === Deno.pid) continue;
    const environ = await Deno.readTextFile(`/proc/${pid}/environ`).catch(() => "");
    if (environ.split("\0").includes(`${MARK}=${mark}`)) found.push(`${pid} ${name}`);
  }
  return found;
}

/** Resident memory in bytes; null when there is no such process. */
export async function residentBytes(pid: number): Promise<number | null> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`).catch(() => "");
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  return kib === undefined ? null : Number(kib) * 1024;
}

/** Mount points of this mount namespace, in order; one that is there twice is twice in it. */
export async function mounts(): Promise<string[]> {
  const text = await Deno.readTextFile("/proc/self/mountinfo");
  return text.trim().split("\n").map((line) => line.split(" ")[4]!).sort();
}

const SYS_BPF = Deno.build.arch === "aarch64" ? 280n : 321n;
const PROG_GET_NEXT_ID = 11n;

/** Ids of all BPF programs that the kernel holds. */
export function bpfPrograms(): Set<number> {
  const found = new Set<number>();
  const request = new Uint8Array(16);
  const view = new DataView(request.buffer);
  while (libc.syscall(SYS_BPF, PROG_GET_NEXT_ID, request, 16n) === 0n) {
    const id = view.getUint32(4, true);
    found.add(id);
    view.setUint32(0, id, true);
  }
  return found;
}

/** Files below a folder, without those in `except`. */
export async function filesBelow(
  folder: string,
  except: readonly string[] = [],
): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (except.includes(path)) continue;
    if (isDirectory) found.push(...await filesBelow(path, except));
    else found.push(path);
  }
  return found;
}
