/**
 * Open vSwitch in a namespace: a database and a daemon of its own, over the kernel's datapath, which
 * is one for each namespace.
 */
import { LasthopError } from "../event/error.ts";
import { makeOwnFolder } from "../files/own_files.ts";
import { enter } from "./batch.ts";
import type { Namespace } from "./namespace.ts";
import { run, type RunResult, start } from "./process.ts";
import { filesOf } from "./registry.ts";

/** What it takes, as people install it. */
const PROGRAMS = ["ovsdb-tool", "ovsdb-server", "ovs-vswitchd", "ovs-vsctl", "ovs-ofctl"];
const SCHEMA = "/usr/share/openvswitch/vswitch.ovsschema";

/** How long the daemon may take for what it is asked: under emulation it is slow. */
const secondsMax = 60;

/** Rejects with LasthopError `tool_missing` where this machine has no Open vSwitch. */
export async function requireOpenvswitch(lab: string): Promise<void> {
  for (const program of PROGRAMS) {
    const { exitCode } = await run(["sh", "-c", 'command -v "$1"', "sh", program]);
    if (exitCode === 0) continue;
    throw new LasthopError(
      "tool_missing",
      `Cannot bring up lab "${lab}" with Open vSwitch: ${program} not found, must be installed ` +
        "(apt-get install openvswitch-switch)",
    );
  }
}

/** The Open vSwitch of one namespace. It ends with the namespace's topology. */
export class OpenvSwitch {
  readonly #folder: string;

  private constructor(readonly namespace: Namespace) {
    this.#folder = filesOf(namespace.topology.name);
  }

  /**
   * Starts both daemons, and resolves when they answer. The topology must be up. Rejects with
   * LasthopError `lab_build_failed`.
   */
  static async start(namespace: Namespace): Promise<OpenvSwitch> {
    const made = new OpenvSwitch(namespace);
    makeOwnFolder(made.#folder);
    const database = `${made.#folder}/conf.db`;
    await made.#tool(["ovsdb-tool", "create", database, SCHEMA]);
    await made.#daemon(["ovsdb-server", database, `--remote=punix:${made.#folder}/db.sock`]);
    await made.vsctl("--no-wait", "init");
    await made.#daemon(["ovs-vswitchd", `unix:${made.#folder}/db.sock`]);
    return made;
  }

  /** Words of `ovs-vsctl`; resolves when the daemon has done what they say. */
  async vsctl(...words: string[]): Promise<void> {
    const database = `--db=unix:${this.#folder}/db.sock`;
    // It tries again until the database is there, and waits until the daemon has followed.
    await this.#tool(["ovs-vsctl", "--retry", `--timeout=${secondsMax}`, database, ...words]);
  }

  /** A bridge that forwards by its flows alone. */
  async bridge(bridge: string): Promise<void> {
    await this.vsctl("add-br", bridge, "--", "set", "bridge", bridge, "fail_mode=secure");
  }

  /** A port of a bridge by its number there, with settings of its interface, as `type=internal`. */
  async port(bridge: string, device: string, number: number, ...settings: string[]): Promise<void> {
    const request = `ofport_request=${number}`;
    await this.vsctl(
      ...["add-port", bridge, device, "--", "set", "interface", device, request, ...settings],
    );
  }

  /** Flows of a bridge, as `ovs-ofctl add-flow` takes them. */
  async flows(bridge: string, ...flows: string[]): Promise<void> {
    const at = `unix:${this.#folder}/${bridge}.mgmt`;
    for (const flow of flows) await this.#tool(["ovs-ofctl", "add-flow", at, flow]);
  }

  /** A process that runs until the topology goes down. */
  async #daemon(command: readonly string[]): Promise<void> {
    const { topology } = this.namespace;
    const [program = ""] = command;
    const pidfile = `--pidfile=${this.#folder}/${program}.pid`;
    const words = this.#inside([...command, pidfile, "-vconsole:off"]);
    const quiet = { reject: false, stdin: "ignore", stdout: "ignore", stderr: "ignore" } as const;
    const child = topology.kept
      ? start(["setsid", ...words], { ...quiet, cleanup: false })
      : start(["setpriv", "--pdeathsig", "KILL", ...words], quiet);
    if (child.pid === undefined) throw failed(program, "it can't start");
    await topology.own(child.pid, child);
    if (topology.kept) child.nodeChildProcess.unref();
  }

  async #tool(command: readonly string[]): Promise<RunResult> {
    const result = await run(this.#inside(command), { timeoutMs: (secondsMax + 5) * 1_000 });
    if (result.exitCode === 0) return result;
    throw failed(command.join(" "), result.stderr.trim().split("\n")[0] || "it did not answer");
  }

  /** Sockets of the daemon go where its tools look for them. */
  #inside(command: readonly string[]): string[] {
    const folders = ["OVS_RUNDIR", "OVS_LOGDIR", "OVS_DBDIR"].map((name) =>
      `${name}=${this.#folder}`
    );
    return [...enter(this.namespace.name), "env", ...folders, ...command];
  }
}

function failed(command: string, why: string): LasthopError {
  return new LasthopError(
    "lab_build_failed",
    `Cannot build the lab: "${command}" answered "${why}", must succeed`,
  );
}
