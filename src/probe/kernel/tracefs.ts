/**
 * What only root may read: the kernel's list of tracepoints and its like. tracefs is mounted in a
 * mount namespace that ends with the reader, so the machine's mounts stay as they are.
 */
import { execa } from "execa";
import { PROBED_FUNCTIONS } from "./functions.ts";

/** What tracefs and securityfs tell of this kernel. */
export interface Tracefs {
  /** As `net:netif_receive_skb`. */
  tracepoints: Set<string>;
  /** Format file of `skb:kfree_skb`; "" where the kernel has none. */
  dropFormat: string;
  /** The kernel was built with kprobes. */
  kprobes: boolean;
  /** The kernel was built with the function tracer. */
  functionTracer: boolean;
  /** Those of `PROBED_FUNCTIONS` that the kernel and its loaded modules have, and let be probed. */
  functions: Set<string>;
  /** As the kernel shows it, `[none] integrity confidentiality`; null where it has no lockdown. */
  lockdown: string | null;
}

const MARK = "=lasthop=";

const MOUNT = `
t=/sys/kernel/tracing
[ -r $t/available_events ] || mount -t tracefs nodev $t || exit 3
`;

const SCRIPT = `${MOUNT}
s=/sys/kernel/security
[ -r $s/lockdown ] || mount -t securityfs nodev $s
cat $t/available_events || exit 3
echo ${MARK}
cat $t/events/skb/kfree_skb/format
echo ${MARK}
[ -e $t/kprobe_events ] && echo kprobes
[ -e $t/available_filter_functions ] && echo functions
echo ${MARK}
cat $s/lockdown
echo ${MARK}
# What is inlined, or may not be probed, is not in the function tracer's list.
if [ -e $t/kprobe_events ]; then
  if [ -e $t/available_filter_functions ]; then cut -d' ' -f1 $t/available_filter_functions
  else cut -d' ' -f3 /proc/kallsyms | cut -f1; fi | grep -xE '${PROBED_FUNCTIONS.join("|")}'
fi
exit 0
`;

/** The list of functions alone takes an emulated machine beside other work more than ten seconds. */
const TIMEOUT_MS = 60_000;

/** Null when this process may not read it: not root, or a container that may not mount. */
export async function readTracefs(): Promise<Tracefs | null> {
  const text = await runPrivately(SCRIPT, []);
  if (text === null) return null;
  const [events = "", dropFormat = "", files = "", lockdown = "", functions = ""] = text.split(
    MARK,
  );
  return {
    tracepoints: new Set(events.split("\n").filter((line) => line.includes(":"))),
    dropFormat: dropFormat.trim(),
    kprobes: files.includes("kprobes"),
    functionTracer: files.includes("functions"),
    lockdown: lockdown.trim() || null,
    functions: new Set(functions.split("\n").filter((line) => line !== "")),
  };
}

/**
 * Format files of these tracepoints, one after another; null when this process may not read them.
 */
export function readFormats(tracepoints: Iterable<string>): Promise<string | null> {
  const script = `${MOUNT}
for e; do cat $t/events/$e/format; done
exit 0`;
  return runPrivately(script, [...tracepoints].map((name) => name.replace(":", "/")));
}

/**
 * Why `readTracefs` gave null, in the words of what failed: "sh: 3: mount: not found". Asked only
 * then, because it reads all again.
 */
export async function tracefsFault(): Promise<string> {
  const { stderr, shortMessage, exitCode } = await execa("unshare", argsOf(SCRIPT, []), {
    stdin: "ignore",
    stdout: "ignore",
    reject: false,
    cleanup: false,
    timeout: TIMEOUT_MS,
  });
  // mount's own last line only says that dmesg may know more.
  const lines = String(stderr ?? "").split("\n").map((line) => line.trim());
  const words = lines.findLast((line) => line !== "" && !line.startsWith("dmesg")) ?? shortMessage;
  return words || `its reader ended with exit code ${exitCode}`;
}

const argsOf = (script: string, args: readonly string[]) => [
  ...["-m", "--propagation", "private", "sh", "-c", script, "sh"],
  ...args,
];

async function runPrivately(script: string, args: readonly string[]): Promise<string | null> {
  const { exitCode, stdout } = await execa(
    "unshare",
    argsOf(script, args),
    { stdin: "ignore", stderr: "ignore", reject: false, cleanup: false, timeout: TIMEOUT_MS },
  );
  return exitCode === 0 && typeof stdout === "string" ? stdout : null;
}
