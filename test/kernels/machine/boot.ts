/**
 * Runs a guest from its start until it is off: software emulation, no network but a wire to
 * another guest, disks it can't harm.
 */
import { execa } from "execa";
import type { Machine } from "./machine.ts";
import { type Joining, joiningArgs } from "./wires.ts";

/** What a guest is to do. */
export interface Errand {
  /** An ext4 file system that it sees as /opt. */
  programs: string;
  /** A folder that it sees as /work; `main.sh` in it is run. */
  work: string;
  /** An empty folder that /work/out of the guest is copied to. */
  out: string;
  /** The other guest that it is joined to. */
  joining?: Joining;
  /** Takes what it prints, line by line. */
  onLine(line: string): void;
  signal?: AbortSignal;
}

/** Longer than any errand takes on a busy machine. */
const SECONDS_MAX = 3_000;

/** What a guest can bring out. */
const OUT_MEGABYTES = 512;

/** Resolves with the status of `main.sh`; rejects when the guest did not end by itself. */
export async function boot(machine: Machine, errand: Errand): Promise<number> {
  const folder = await Deno.makeTempDir({ prefix: "lasthop-guest-" });
  try {
    const [given, brought] = [`${folder}/given.tar`, `${folder}/brought.tar`];
    await execa("tar", ["-C", errand.work, "-cf", given, "."]);
    await execa("truncate", ["-s", "%512", given]);
    await execa("truncate", ["-s", `${OUT_MEGABYTES}M`, brought]);
    const disks = [
      disk(machine.root, "snapshot=on"),
      disk(errand.programs, "snapshot=on"),
      disk(given, "readonly=on"),
      disk(brought, "cache=unsafe"),
    ].flat();
    const netns = errand.joining?.netns;
    const inside = netns === undefined ? [] : ["nsenter", `--net=/run/netns/${netns}`];
    const [program = "", ...args] = [
      ...inside,
      "qemu-system-x86_64",
      // The KVM that machines like ours have, kvm_pvm, runs only kernels that were made for it.
      ...["-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2", "-m", "4096"],
      ...["-display", "none", "-monitor", "none", "-serial", "stdio", "-no-reboot"],
      ...(errand.joining === undefined ? ["-net", "none"] : joiningArgs(errand.joining)),
      ...["-kernel", machine.vmlinuz, "-initrd", machine.initrd],
      // A machine that is busy gives the guest's timer too late, of which its kernel would panic.
      ...["-append", "console=ttyS0 panic=-1 quiet mitigations=off no_timer_check"],
      ...disks,
    ];
    const running = execa(program, args, {
      stdin: "ignore",
      buffer: false,
      timeout: SECONDS_MAX * 1_000,
      cancelSignal: errand.signal,
      forceKillAfterDelay: 2_000,
    });
    for await (const line of running.iterable()) errand.onLine(line);
    await running;
    await execa("tar", ["-C", errand.out, "-xf", brought]);
    return Number(await Deno.readTextFile(`${errand.out}/status`));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const disk = (
  path: string,
  more: string,
) => ["-drive", `file=${path},format=raw,if=virtio,${more}`];
