/** What the tests of this folder on the real kernel share. */
import type { NetnsState } from "../../event/state.ts";
import { execa } from "execa";
import type { NetnsHandle } from "./netns.ts";
import { findNetns } from "./netns.ts";

/** Registers a test that needs root and a kernel to itself; elsewhere it is shown as ignored. */
export function kernelTest(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore: Deno.uid() !== 0, fn });
}

export interface Scene {
  /** Names of its two namespaces. */
  a: string;
  b: string;
  /** Runs a script with `$A` and `$B`; throws when a line of it fails. */
  sh(script: string): Promise<string>;
  handle(name: "a" | "b"): Promise<NetnsHandle>;
}

/** Two empty namespaces for the length of `use`. */
export async function withScene(use: (scene: Scene) => Promise<void>): Promise<void> {
  const id = crypto.randomUUID().slice(0, 6);
  const [a, b] = [`lhst-${id}-a`, `lhst-${id}-b`];
  const sh = async (script: string) => {
    const { stdout } = await execa("sh", ["-euc", script], { env: { A: a, B: b } });
    return stdout;
  };
  try {
    await sh("ip netns add $A; ip netns add $B; ip -n $A link set lo up");
    await use({ a, b, sh, handle: (name) => findNetns(name === "a" ? a : b) });
  } finally {
    await sh("ip netns del $A 2>/dev/null || true; ip netns del $B 2>/dev/null || true");
  }
}

/** A control group tree of this machine that can be written: of version 2, else of version 1. */
function cgroupRoot(): string {
  const roots = ["/sys/fs/cgroup/unified", "/sys/fs/cgroup/pids", "/sys/fs/cgroup"];
  const root = roots.find((path) => {
    try {
      return Deno.statSync(`${path}/cgroup.procs`).isFile;
    } catch {
      return false;
    }
  });
  if (root === undefined) throw new Error("no control groups here");
  return root;
}

/** A process that does nothing, in a control group below one of our own, entered by `enter`. */
export async function startInCgroup(path: string, enter: readonly string[]) {
  const top = `${cgroupRoot()}/lhst-${crypto.randomUUID().slice(0, 6)}`;
  const folders = path.split("/").map((_, i, all) => `${top}/${all.slice(0, i + 1).join("/")}`);
  const folder = folders.at(-1)!;
  Deno.mkdirSync(folder, { recursive: true });
  const script = `echo $$ >"$1/cgroup.procs"; shift; exec "$@" sh -c "echo up; exec sleep 600"`;
  const child = execa("sh", ["-c", script, "sh", folder, ...enter], {
    buffer: false,
    stdin: "ignore",
    reject: false,
  });
  for await (const _ of child.stdout) break;
  return {
    pid: child.pid!,
    async stop() {
      Deno.kill(child.pid!, "SIGKILL");
      await child;
      for (const each of [...folders.toReversed(), top]) Deno.removeSync(each);
    },
  };
}

export function sorted(list: Iterable<string>): string[] {
  return [...list].sort();
}

/** bpftool is no tool of ours to bring: its gap is as it may be. */
export function gapsOf(state: NetnsState): string[] {
  return state.gaps.map((gap) => gap.what).filter((what) => !what.startsWith("tcx"));
}
