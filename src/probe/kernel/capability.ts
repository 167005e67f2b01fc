/** What this machine lets lasthop see: read once before a trace, and by `lasthop doctor`. */
import { processorsIn } from "./processors.ts";
import { execa } from "execa";
import { LasthopError } from "../../event/error.ts";
import { headerWords } from "./header_words.ts";
import { type ConntrackLayout, readConntrackLayout } from "./conntrack.ts";
import { hasKernelBtf, isGiven, readKernelBtf } from "./kernel_btf.ts";
import { type NftLayout, readNftLayout } from "./nft.ts";
import { readTableLayout, type TableLayout } from "./tables.ts";
import { readTracefs, tracefsFault } from "./tracefs.ts";

/** What this process may see on this kernel with this bpftrace. */
export interface Capability {
  /** As `uname -r` prints it. */
  kernel: string;
  /** Random id of this start of the kernel, as /proc has it; undefined where it can't be read. */
  boot?: string | undefined;
  /** "0.17.0"; null when it is not installed. */
  bpftrace: string | null;
  root: boolean;
  uid: number;
  /** Root in name only, as in most containers, may not trace. */
  privileged: boolean;
  /** As `net:netif_receive_skb`; empty when this process may not read them. */
  tracepoints: Set<string>;
  /** False: `tracepoints` is empty for want of privilege or of a program, which says nothing of the kernel. */
  tracepointsRead: boolean;
  /** Why they were not read; absent when they were. */
  tracepointsFault?: string;
  /** The kernel describes its types in /sys/kernel/btf/vmlinux. */
  btf: boolean;
  /** Where a packet's connection is kept, so that translations can be joined; null if unknown. */
  conntrack: ConntrackLayout | null;
  /** Where an skb says where its headers are, in one piece; null if unknown. */
  headerWords?: number | null;
  /** The kernel tells why it drops (since 5.17), not only where. */
  dropReason: boolean;
  /**
   * The kernel tells who is done with a packet (since 6.3), not only that somebody is. Absent: its types
   * don't say.
   */
  consumeFunction?: boolean;
  /** This bpftrace can use raw tracepoints, which cost less. */
  raw: boolean;
  /** The kernel was built with kprobes. */
  kprobes: boolean;
  /** Functions that a script attaches to, and this kernel has now; its modules come and go. */
  functions: Set<string>;
  /** Where nft keeps what a rule is of; null: unknown, or nft is not loaded. */
  nft: NftLayout | null;
  /** Where tables and chains have their names; null: the kernel does not describe its types. */
  tables?: TableLayout | null;
  /** How many processors are online. */
  cpus: number;
  /** What the kernel withholds even from root. Under `confidentiality` nothing can be traced. */
  lockdown: "none" | "integrity" | "confidentiality" | "unknown";
}

const consumeFunctionOf = (members: readonly { name: string }[] | null | undefined) =>
  members ? { consumeFunction: members.some(({ name }) => name === "location") } : {};

/** The oldest bpftrace that runs the scripts. */
export const BPFTRACE_MIN = "0.17";

/** The first bpftrace whose raw tracepoints were proven with these scripts; 0.17 has none. */
const RAW_MIN = "0.23";

const CAP_SYS_ADMIN = 21;

/** Finds out what can be seen. What cannot be read, as by an ordinary user, counts as not there. */
export async function readCapability(binary = "bpftrace"): Promise<Capability> {
  // Tools with a time limit come first: a slow machine reads the kernel's types for longer than that
  // without a pause, and what a tool had said in time would count as too late.
  const [tracefs, version, status, online, boot] = await Promise.all([
    readTracefs(),
    readBpftraceVersion(binary),
    Deno.readTextFile("/proc/self/status"),
    Deno.readTextFile("/sys/devices/system/cpu/online").catch(() => ""),
    Deno.readTextFile("/proc/sys/kernel/random/boot_id").catch(() => undefined),
  ]);
  const [btf, hasBtf] = await Promise.all([readKernelBtf(), hasKernelBtf()]);
  const uid = Deno.uid() ?? 0;
  return {
    kernel: Deno.osRelease(),
    boot: boot?.trim().slice(0, 64),
    bpftrace: version,
    root: uid === 0,
    uid,
    privileged: hasCapability(status, CAP_SYS_ADMIN),
    tracepoints: tracefs?.tracepoints ?? new Set(),
    tracepointsRead: tracefs !== null,
    ...(tracefs === null && { tracepointsFault: await tracefsFault() }),
    btf: hasBtf,
    conntrack: btf && await readConntrackLayout(btf),
    headerWords: btf && headerWords(btf),
    dropReason: /\breason;/.test(tracefs?.dropFormat ?? "") ||
      btf?.offsetOf("trace_event_raw_kfree_skb", ["reason"]) != null,
    ...consumeFunctionOf(btf?.membersOf("trace_event_raw_consume_skb")),
    // bpftrace looks raw tracepoints up in the kernel's own types.
    raw: version !== null && !isGiven() &&
      hasRawTracepoints(version, tracefs?.functionTracer ?? false),
    kprobes: tracefs?.kprobes ?? false,
    functions: tracefs?.functions ?? new Set(),
    nft: btf && await readNftLayout(btf),
    tables: btf && await readTableLayout(btf),
    cpus: processorsIn(online).length || navigator.hardwareConcurrency,
    lockdown: tracefs ? lockdownOf(tracefs.lockdown) : "unknown",
  };
}

/** Throws the LasthopError of `obstacleOf` when this machine cannot trace at all. */
export function requireTracing(capability: Capability): void {
  const obstacle = obstacleOf(capability);
  if (obstacle) throw obstacle;
}

/**
 * What stands in the way of tracing, the first of: `not_root`, `not_privileged`,
 * `bpftrace_missing`, `bpftrace_old`, `btf_missing`, `locked_down`, `tracefs_unreadable`; null when nothing does.
 */
export function obstacleOf(capability: Capability): LasthopError | null {
  const { root, uid, privileged, bpftrace, btf, lockdown } = capability;
  const cannot = (code: string, why: string) => new LasthopError(code, `Cannot trace: ${why}`);
  if (!root) return cannot("not_root", `running as user uid ${uid}, must be root (try sudo)`);
  if (!privileged) {
    return cannot(
      "not_privileged",
      "running as root without CAP_SYS_ADMIN, must have it (a container: start it privileged)",
    );
  }
  if (bpftrace === null) {
    return cannot(
      "bpftrace_missing",
      `bpftrace is not installed, must be ${BPFTRACE_MIN} or later (apt-get install bpftrace)`,
    );
  }
  if (!isAtLeast(bpftrace, BPFTRACE_MIN)) {
    return cannot("bpftrace_old", `bpftrace ${bpftrace} found, must be ${BPFTRACE_MIN} or later`);
  }
  if (!btf) {
    return cannot(
      "btf_missing",
      "this kernel has no /sys/kernel/btf/vmlinux, must be built with CONFIG_DEBUG_INFO_BTF " +
        "(or have its types in a file: --btf FILE)",
    );
  }
  if (lockdown === "confidentiality") {
    return cannot(
      "locked_down",
      'kernel lockdown is "confidentiality", must be "none" or "integrity" to read packets',
    );
  }
  if (!capability.tracepointsRead) {
    const { tracepointsFault: fault = "no reason was given" } = capability;
    return cannot(
      "tracefs_unreadable",
      `the kernel's list of tracepoints cannot be read (${fault}), must be readable: root may ` +
        "mount tracefs, and the program mount is installed",
    );
  }
  return null;
}

/** Whether `actual`, such as "0.17.0", is the version `wanted` or a later one. */
export function isAtLeast(actual: string, wanted: string): boolean {
  const numbers = (version: string) => version.split(".").map(Number);
  const [have, need] = [numbers(actual), numbers(wanted)];
  for (const [i, part] of need.entries()) {
    if ((have[i] ?? 0) !== part) return (have[i] ?? 0) > part;
  }
  return true;
}

/** 0.24 finds raw tracepoints only in the list of the function tracer; later ones take our list. */
function hasRawTracepoints(bpftrace: string, functionTracer: boolean): boolean {
  if (!isAtLeast(bpftrace, RAW_MIN)) return false;
  return functionTracer || !isAtLeast(bpftrace, "0.24") || isAtLeast(bpftrace, "0.25");
}

async function readBpftraceVersion(binary: string): Promise<string | null> {
  const { stdout } = await execa(binary, ["--version"], {
    stdin: "ignore",
    stderr: "ignore",
    reject: false,
    timeout: 30_000,
  });
  return /v(\d+\.\d+(\.\d+)?)/.exec(String(stdout ?? ""))?.[1] ?? null;
}

function hasCapability(status: string, bit: number): boolean {
  const effective = /^CapEff:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? "0";
  return ((BigInt(`0x${effective}`) >> BigInt(bit)) & 1n) === 1n;
}

/** `none [integrity] confidentiality`: the one in brackets holds. */
function lockdownOf(text: string | null): Capability["lockdown"] {
  const state = /\[(\w+)\]/.exec(text ?? "")?.[1];
  return state === "integrity" || state === "confidentiality" ? state : "none";
}
