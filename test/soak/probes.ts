/** The three probes of a soak, real ones, each with a spool on a small disk of its own. */
import { command } from "../../src/cli/asking/testing.ts";
import { run } from "../../src/lab/process.ts";
import { TOKEN } from "./ingests.ts";
import { bpftraceOf } from "./machine.ts";
import { FILTER, type Network } from "./network.ts";
import { Process } from "./process.ts";

export const INCIDENT = "soak";
/** Of namespaces that come and go, watched by the probe that has all of them. */
export const CHURN_INCIDENT = "churn";

const SPOOL_DISK = "size=2m,mode=700";

export interface ProbeOptions {
  folder: string;
  url: string;
  network: Network;
  env: Record<string, string>;
  onTrouble(text: string): void;
}

export class Probe {
  readonly process: Process;
  readonly disk: string;

  private constructor(readonly name: string, args: readonly string[], options: ProbeOptions) {
    this.disk = `${options.folder}/disk-${name}`;
    const all = ["probe", "--ingest", options.url, "--spool", `${this.disk}/spool`, ...args];
    this.process = new Process({
      name,
      command: () =>
        command(all, {
          ...options.env,
          LASTHOP_TOKEN: TOKEN,
          XDG_STATE_HOME: `${options.folder}/state`,
        }),
      ready: /ready: reporting/,
      onTrouble: options.onTrouble,
    });
  }

  /** Made, not started: `client` and `path` (routers and server) report the faults, `all` churn. */
  static async make(options: ProbeOptions): Promise<Probe[]> {
    const { client, first, second, server } = options.network;
    const faults = ["--incident", INCIDENT];
    const probes = [
      new Probe("client", [...faults, "--node", `client=${client.name}`, FILTER], options),
      new Probe("path", [
        ...faults,
        ...["--node", `routers=${first.name},${second.name}`, "--node", `server=${server.name}`],
        FILTER,
      ], options),
      new Probe(
        "all",
        ["--incident", CHURN_INCIDENT, "--name", "host", "net 10.99.0.0/16"],
        options,
      ),
    ];
    for (const { disk } of probes) {
      await Deno.mkdir(disk);
      await must("mount", "-t", "tmpfs", "-o", SPOOL_DISK, "lasthop-soak", disk);
    }
    return probes;
  }

  bpftrace(): Promise<number[]> {
    return bpftraceOf(this.process.pid);
  }

  /** Nothing more fits on its spool's disk. */
  async fillDisk(): Promise<void> {
    await run(["dd", "if=/dev/zero", `of=${this.disk}/filler`, "bs=4k", "count=1024"]);
  }

  async freeDisk(): Promise<void> {
    await Deno.remove(`${this.disk}/filler`).catch(() => {});
  }

  async unmount(): Promise<void> {
    await must("umount", this.disk);
    await Deno.remove(this.disk);
  }
}

async function must(...command: string[]): Promise<void> {
  const { exitCode, stderr } = await run(command);
  if (exitCode !== 0) throw new Error(`"${command.join(" ")}": ${stderr}`);
}
