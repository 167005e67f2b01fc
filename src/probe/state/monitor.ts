/** One `ip monitor` or `nft monitor` inside a network namespace. */
import { execa } from "execa";

/** A monitor that was started. */
export interface Monitor {
  /** Resolves when the kernel will tell it of every change, or after 5 s without that. */
  ready: Promise<void>;
  stop(): Promise<void>;
}

/** What a monitor tells. */
export interface MonitorHooks {
  /** One change, as the tool prints it. */
  onLine(line: string): void;
  /** Anything may have changed. */
  onComplaint(): void;
  /** It ended without being stopped. */
  onEnd(why: string): void;
}

const POLL_MS = 10;
const READY_MS = 5_000;
/** Characters kept of a line: these tools print no longer ones. */
const LINE_MAX = 64 * 1024;

/**
 * Bytes of memory that a monitor may have for itself: `nft monitor` keeps all rules in mind, 33,000 of
 * them in 110 MiB, and so for each namespace.
 */
export const MONITOR_BYTES_MAX = 64 * 1024 * 1024;

/** Processes of monitors. A namespace that only monitors are in counts as gone. */
const pids = new Set<number>();

/** Whether a process is a monitor that runs here. */
export function isMonitor(pid: number): boolean {
  return pids.has(pid);
}

/**
 * Starts a monitor in the namespace at `path`. A line on stderr is given to `onComplaint`: it says
 * that the kernel had more to tell than there was room for, so anything may have changed. `onEnd`
 * is called when the monitor ends without being stopped. `setpriv` lets the kernel end the monitor
 * when this process ends, however it ends. One that needs more than `memoryBytes` ends.
 */
export function startMonitor(
  path: string,
  command: readonly string[],
  { onLine, onComplaint, onEnd }: MonitorHooks,
  memoryBytes = MONITOR_BYTES_MAX,
): Monitor {
  const child = execa("prlimit", [
    ...[`--data=${memoryBytes}`, "--core=0"],
    ...["setpriv", "--pdeathsig", "KILL", "nsenter", `--net=${path}`],
    ...command,
  ], {
    stdin: "ignore",
    stderr: "pipe",
    reject: false,
    buffer: false,
    // execa's own cleanup raises a signal a second time under Deno.
    cleanup: false,
  });
  const pid = child.pid;
  if (pid !== undefined) pids.add(pid);
  let ended = false;
  let stopped = false;
  let complaint = "";
  const lines = Promise.all([
    readLines(child.stdout, onLine),
    readLines(child.stderr, (line) => {
      if (line.trim() === "") return;
      complaint = line.trim();
      onComplaint();
    }),
  ]);
  const end = child.then(async (result) => {
    ended = true;
    if (pid !== undefined) pids.delete(pid);
    await lines;
    const why = complaint || result.shortMessage || "it ended";
    if (!stopped) onEnd(`"${command.join(" ")}" ended: ${why}`);
  });
  return {
    ready: listening(() => ended ? undefined : pid),
    async stop() {
      stopped = true;
      if (!ended && pid !== undefined) kill(pid);
      await end;
    },
  };
}

/** Waits until the process hears the kernel, or is no more, or takes too long for either. */
async function listening(pid: () => number | undefined): Promise<void> {
  const deadline = performance.now() + READY_MS;
  for (let one = pid(); one !== undefined && performance.now() < deadline; one = pid()) {
    if (isListening(one)) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function kill(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself.
  }
}

async function readLines(
  stdout: AsyncIterable<unknown>,
  onLine: (line: string) => void,
): Promise<void> {
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for await (const chunk of stdout) {
      if (!(chunk instanceof Uint8Array)) continue;
      const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = (lines.pop() ?? "").slice(-LINE_MAX);
      lines.forEach(onLine);
    }
  } catch {
    // The pipe of a killed process: its end is told by the process itself.
  }
}

/** True when a netlink socket of the process has joined groups: from then on it misses nothing. */
function isListening(pid: number): boolean {
  try {
    const sockets = new Set<string>();
    for (const entry of Deno.readDirSync(`/proc/${pid}/fd`)) {
      const inode = /^socket:\[(\d+)\]$/.exec(Deno.readLinkSync(`/proc/${pid}/fd/${entry.name}`));
      if (inode?.[1]) sockets.add(inode[1]);
    }
    if (sockets.size === 0) return false;
    return Deno.readTextFileSync(`/proc/${pid}/net/netlink`).split("\n").some((line) => {
      const [, , , groups, ...rest] = line.trim().split(/\s+/);
      return sockets.has(rest.at(-1) ?? "") && Number.parseInt(groups ?? "0", 16) !== 0;
    });
  } catch {
    // Ended, or still becoming another program.
    return false;
  }
}
