/** What a probe says of a machine that lacks something: the true reason, and never "ready". */
import { equal, match } from "node:assert/strict";

const ROOT = new URL("../../", import.meta.url).pathname;

/** Programs that are there but for those left out: links to the machine's own. */
async function pathWithout(folder: string, left: readonly string[]): Promise<void> {
  const seen = new Set(left);
  for (const place of ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin"]) {
    for (const { name } of Deno.readDirSync(place)) {
      if (seen.has(name)) continue;
      seen.add(name);
      await Deno.symlink(`${place}/${name}`, `${folder}/${name}`);
    }
  }
}

/** What a machine lacks. */
interface Lack {
  /** Programs that are not installed. */
  programs?: string[];
  /** Programs that are others: name to a script. */
  instead?: Record<string, string>;
  /** Shell commands as root in the probe's own mount namespace, before it starts. */
  hide?: string;
  /** Another command in front of the probe, such as setpriv. */
  as?: string[];
}

const COMMANDS = {
  probe: ["--incident", "i", "--ingest", "http://127.0.0.1:1", "--spool"],
  trace: ["--no-listen", "--archive"],
};

async function runWithout(command: keyof typeof COMMANDS, lack: Lack) {
  const folder = await Deno.makeTempDir({ prefix: "lasthop-attack-" });
  try {
    const bin = `${folder}/bin`;
    await Deno.mkdir(bin);
    const { programs = [], instead = {}, hide = ":", as = [] } = lack;
    await pathWithout(bin, [...programs, ...Object.keys(instead)]);
    for (const [name, text] of Object.entries(instead)) {
      await Deno.writeTextFile(`${bin}/${name}`, text, { mode: 0o755 });
    }
    const ready = `${folder}/ready`;
    // Elsewhere tracefs may be mounted; here nothing is, in a mount namespace of its own.
    const script = "umount -l /sys/kernel/tracing /sys/kernel/debug 2>/dev/null\n" +
      `set -e; ${hide}\nPATH=$1; shift; exec "$@"`;
    const program = [Deno.execPath(), "run", "-A", "--cached-only", "--no-check"];
    const main = [`--config=${ROOT}deno.json`, `${ROOT}src/cli/main.ts`];
    const own = [...COMMANDS[command], `${folder}/kept`, "--for", "2", "--ready-file", ready];
    const { code, stdout, stderr } = await new Deno.Command("unshare", {
      args: [
        ...["-m", "--propagation", "private", "/bin/sh", "-c", script, "sh", bin],
        ...[...as, ...program, ...main, command, ...own, "icmp"],
      ],
      env: { XDG_STATE_HOME: `${folder}/state` },
      stdin: "null",
    }).output();
    const isReady = await Deno.stat(ready).then(() => true, () => false);
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { code, isReady, printed: text(stdout), said: text(stderr) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function truth(name: string, lack: Lack, reason: RegExp): void {
  for (const command of ["probe", "trace"] as const) {
    Deno.test(`truth: ${command} ${name} says so, and is not ready`, async () => {
      const { code, isReady, printed, said } = await runWithout(command, lack);
      match(said, reason);
      equal(/\bready\b/.test(said), false, said);
      equal([code, isReady, printed].join(), "1,false,");
    });
  }
}

/** Mounts a folder with other files where the kernel has its own. */
const EMPTY = (path: string) => `mount -t tmpfs none ${path}`;

truth(
  "without the program mount",
  { programs: ["mount"] },
  /^lasthop: Cannot trace: the kernel's list of tracepoints .*mount.*not found/m,
);
truth(
  "without the program unshare",
  { programs: ["unshare"] },
  /^lasthop: Cannot trace: the kernel's list of tracepoints .*unshare/m,
);
truth(
  "without bpftrace",
  { programs: ["bpftrace"] },
  /^lasthop: Cannot trace: bpftrace is not installed, must be 0\.17 or later/m,
);
truth(
  "with a bpftrace that is too old",
  { instead: { bpftrace: "#!/bin/sh\necho bpftrace v0.14.1\n" } },
  /^lasthop: Cannot trace: bpftrace 0\.14\.1 found, must be 0\.17 or later/m,
);
truth(
  "on a kernel without BTF",
  { hide: EMPTY("/sys/kernel/btf") },
  /^lasthop: Cannot trace: this kernel has no \/sys\/kernel\/btf\/vmlinux, must be built with/m,
);
truth(
  "on a kernel that is locked down",
  {
    hide: `${EMPTY("/sys/kernel/security")}
echo "none integrity [confidentiality]" >/sys/kernel/security/lockdown`,
  },
  /^lasthop: Cannot trace: kernel lockdown is "confidentiality", must be "none" or "integrity"/m,
);
truth(
  "on a kernel without tracefs",
  {
    // All that the kernel tells here but its types: there is no place to mount tracefs on.
    hide: `mkdir $1/../btf; mount --bind /sys/kernel/btf $1/../btf; ${EMPTY("/sys/kernel")}
mkdir /sys/kernel/btf; mount --move $1/../btf /sys/kernel/btf`,
  },
  /^lasthop: Cannot trace: the kernel's list of tracepoints .*\/sys\/kernel\/tracing.*not exist/m,
);
truth(
  "that may not mount",
  { as: ["setpriv", "--bounding-set=-sys_admin", "--"] },
  /^lasthop: Cannot trace: running as root without CAP_SYS_ADMIN, must have it/m,
);
