/**
 * A real systemd with the units of deploy/systemd, in namespaces of its own: it is process 1 there,
 * knows no other units, and what it writes is gone with it. The network is this machine's.
 */
import { execa } from "execa";
import { run } from "../../src/lab/process.ts";

const HERE = new URL(".", import.meta.url).pathname;
const ROOT = new URL("../../", import.meta.url).pathname.replace(/\/$/, "");
const TARGETS = ["basic", "multi-user", "network-online", "shutdown", "sysinit"];

/** Longer than any unit takes on a busy machine. */
const READY_MS = 30_000;

export const UNITS = `${ROOT}/deploy/systemd`;

/** Why the units can't be tried on this machine, or null. */
export async function whyNoSystemd(): Promise<string | null> {
  if (Deno.uid() !== 0) return "it takes root";
  if (!await isFile("/lib/systemd/systemd")) return "there is no systemd here";
  const { exitCode } = await run(["unshare", "--mount", "--pid", "--cgroup", "--fork", "true"]);
  return exitCode === 0 ? null : "this machine gives no namespaces";
}

export class Systemd {
  private pid = 0;

  private constructor(
    private readonly outside: ReturnType<typeof execa>,
    private readonly stage: string,
  ) {}

  /** `etc`: files of /etc/lasthop by name. Units are known, and none is started. */
  static async boot(etc: Record<string, string>, workerd = ""): Promise<Systemd> {
    // As docs/deploy.md does before the units are started: they may not write there.
    await run([`${ROOT}/lasthop`, "--version"], { timeoutMs: 120_000 });
    const stage = await Deno.makeTempDir({ prefix: "lasthop-test-" });
    await run(["cp", "-r", UNITS, `${stage}/units`]);
    for (const name of TARGETS) {
      await Deno.writeTextFile(
        `${stage}/units/${name}.target`,
        `[Unit]\nDescription=${name}\nDefaultDependencies=no\nWants=booted.service\n`,
      );
    }
    // There is no journal in here: what a unit says is kept in a file that the test reads.
    await Deno.mkdir(`${stage}/units/service.d`);
    await Deno.mkdir(`${stage}/said`);
    await Deno.writeTextFile(
      `${stage}/units/service.d/test.conf`,
      "[Service]\nStandardOutput=append:/run/said/%p.out\nStandardError=append:/run/said/%p.err\n",
    );
    await Deno.writeTextFile(
      `${stage}/units/booted.service`,
      "[Service]\nType=oneshot\nExecStart=echo booted\n[Unit]\nDefaultDependencies=no\n",
    );
    await Deno.mkdir(`${stage}/etc`);
    for (const [name, text] of Object.entries(etc)) {
      await Deno.writeTextFile(`${stage}/etc/${name}`, text);
    }
    const outside = execa(
      "setpriv",
      ["--pdeathsig", "KILL", "unshare", "--mount", "--pid", "--uts", "--ipc", "--cgroup", "--fork"]
        .concat("--kill-child", "--mount-proc", "sh", `${HERE}boot.sh`, ROOT, stage, workerd),
      { stdin: "ignore", stdout: "ignore", reject: false, cleanup: false },
    );
    const failed = outside.then(({ stderr }) => {
      throw new Error(`systemd did not start: ${stderr}`);
    });
    const systemd = new Systemd(outside, stage);
    failed.catch(() => {});
    await Promise.race([systemd.line("booted.out", /booted/), failed]);
    const children = await Deno.readTextFile(`/proc/${outside.pid}/task/${outside.pid}/children`);
    systemd.pid = Number(children);
    return systemd;
  }

  /** Runs a command beside the units; throws when it fails. */
  async inside(...command: string[]): Promise<string> {
    const prefix = ["nsenter", "--target", `${this.pid}`, "--mount", "--pid", "--uts", "--ipc"];
    const told = await run([...prefix, "env", "SYSTEMD_UNIT_PATH=/opt/stage/units", ...command], {
      timeoutMs: 60_000,
    });
    if (told.exitCode !== 0) throw new Error(`${command.join(" ")}: ${told.stdout}${told.stderr}`);
    return told.stdout + told.stderr;
  }

  async property(unit: string, name: string): Promise<string> {
    return (await this.inside("systemctl", "show", "--value", "--property", name, unit)).trim();
  }

  /** A unit's main process, as this machine numbers it. */
  async mainPid(unit: string): Promise<number> {
    const inner = await this.property(unit, "MainPID");
    const { stdout } = await run(["pgrep", "--ns", `${this.pid}`, "--nslist", "pid", "."]);
    for (const pid of stdout.split("\n")) {
      const status = await Deno.readTextFile(`/proc/${pid}/status`).catch(() => "");
      if (new RegExp(`^NSpid:.*\\t${inner}$`, "m").test(status)) return Number(pid);
    }
    throw new Error(`${unit} has no process ${inner}`);
  }

  /** The `nth` text of a unit's output (`lasthop.out`, `lasthop.err`) that fits, once it is there. */
  async line(name: string, pattern: RegExp, nth = 1): Promise<string> {
    const folder = `${this.stage}/said`;
    let text = "";
    const find = async () => {
      text = await Deno.readTextFile(`${folder}/${name}`).catch(() => "");
      return [...text.matchAll(new RegExp(pattern, "g"))][nth - 1]?.[0];
    };
    const watcher = Deno.watchFs(folder);
    const late = setTimeout(() => watcher.close(), READY_MS);
    try {
      let found = await find();
      if (found !== undefined) return found;
      for await (const _ of watcher) if ((found = await find()) !== undefined) return found;
    } finally {
      clearTimeout(late);
      try {
        watcher.close();
      } catch {
        // The loop closed it, or it was late.
      }
    }
    throw new Error(`${name} has no ${pattern} after ${READY_MS} ms: ${text}`);
  }

  async stop(): Promise<void> {
    Deno.kill(this.outside.pid!, "SIGKILL");
    await this.outside;
    await Deno.remove(this.stage, { recursive: true });
  }
}

async function isFile(path: string): Promise<boolean> {
  return await Deno.stat(path).then(({ isFile }) => isFile, () => false);
}
