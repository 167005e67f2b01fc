/** A control group made by hand: processor and memory bounds as systemd or a container sets them. */
import { setTimeout as pause } from "node:timers/promises";
const V2 = "/sys/fs/cgroup";
const V1 = ["/sys/fs/cgroup/memory", "/sys/fs/cgroup/cpu"] as const;
const PERIOD_US = 100_000;

export interface Bounds {
  /** Of one processor. */
  cpuPercent: number;
  memoryBytes: number;
}

const isFile = (path: string) => Deno.stat(path).then(({ isFile }) => isFile, () => false);
const read = (path: string) => Deno.readTextFile(path).catch(() => "");

/** Why no control group can be made here, or null. */
export async function whyNoCgroup(): Promise<string | null> {
  if (Deno.uid() !== 0) return "it takes root";
  const v2 = (await read(`${V2}/cgroup.subtree_control`)).split(/\s+/);
  if (v2.includes("memory") && v2.includes("cpu")) return null;
  const v1 = await Promise.all(V1.map((folder) => isFile(`${folder}/cgroup.procs`)));
  return v1.every(Boolean) ? null : "this machine has no cgroup controllers to use";
}

export class Cgroup {
  private constructor(
    private readonly folders: readonly string[],
    private readonly isV2: boolean,
  ) {}

  static async make({ cpuPercent, memoryBytes }: Bounds): Promise<Cgroup> {
    const name = `lasthop-test-${crypto.randomUUID().slice(0, 8)}`;
    const isV2 = await isFile(`${V2}/cgroup.subtree_control`);
    const folders = (isV2 ? [V2] : V1).map((parent) => `${parent}/${name}`);
    for (const folder of folders) await Deno.mkdir(folder);
    const cgroup = new Cgroup(folders, isV2);
    const quotaUs = cpuPercent / 100 * PERIOD_US;
    if (isV2) {
      await cgroup.#write("memory.max", memoryBytes);
      await cgroup.#write("memory.swap.max", 0).catch(() => {});
      await cgroup.#write("cpu.max", `${quotaUs} ${PERIOD_US}`);
    } else {
      await cgroup.#write("memory.limit_in_bytes", memoryBytes);
      await cgroup.#write("cpu.cfs_period_us", PERIOD_US);
      await cgroup.#write("cpu.cfs_quota_us", quotaUs);
    }
    return cgroup;
  }

  /** A command that joins and then becomes `command`. */
  within(command: readonly string[]): [string, ...string[]] {
    const join = this.folders.map((folder) => `echo $$ >${folder}/cgroup.procs`);
    return ["sh", "-c", [...join, 'exec "$@"'].join("; "), "sh", ...command];
  }

  /** The most memory it ever had; 0 where the kernel does not tell. */
  async peakBytes(): Promise<number> {
    return Number(await this.#read(this.isV2 ? "memory.peak" : "memory.max_usage_in_bytes"));
  }

  /** Processes that the kernel ended for want of memory. */
  async killed(): Promise<number> {
    const text = await this.#read(this.isV2 ? "memory.events" : "memory.oom_control");
    return Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? 0);
  }

  /** Ends what is left in it, as of a test that failed: else nobody would see why it did. */
  async remove(): Promise<void> {
    for (const folder of this.folders) {
      for (;;) {
        const pids = (await Deno.readTextFile(`${folder}/cgroup.procs`)).split("\n").filter(
          Boolean,
        );
        if (pids.length === 0) break;
        for (const pid of pids) {
          try {
            Deno.kill(Number(pid), "SIGKILL");
          } catch {
            // It is gone already.
          }
        }
        await pause(10);
      }
      await Deno.remove(folder);
    }
  }

  async #write(name: string, value: string | number): Promise<void> {
    const folder = name.startsWith("cpu") ? this.folders.at(-1) : this.folders[0];
    await Deno.writeTextFile(`${folder}/${name}`, String(value));
  }

  #read(name: string): Promise<string> {
    return read(`${this.folders[0]}/${name}`);
  }
}
