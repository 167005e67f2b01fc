/** `lasthop lab`: incidents reproduced in network namespaces of their own. */
import { Argument } from "commander";
import { LasthopError } from "../../event/error.ts";
import { withOpenvswitch } from "../../lab/incident_id.ts";
import type { LabIncident } from "../../lab/mod.ts";
import type { CommandFile } from "../command.ts";
import { jsonOption } from "../options.ts";
import { cannotRead, usageError } from "../read_value.ts";
import type { Look } from "../render/mod.ts";

const ACTIONS = ["list", "up", "down", "run"] as const;
type Action = typeof ACTIONS[number];

interface Flags {
  repaired?: boolean;
  json?: boolean;
  keep?: boolean;
  ovs?: boolean;
}

/** The options of `lasthop lab`. */
export interface LabOptions {
  action: Action;
  /** Absent: every one (list, down, run). */
  incident?: string;
  /** Build the same network without the fault. */
  repaired: boolean;
  json: boolean;
  /** Leave the network standing after a run. */
  keep: boolean;
  /** Of all incidents those with bridges of Open vSwitch; else the others. */
  ovs: boolean;
}

/** The command. */
export const lab: CommandFile<[Action, string | undefined, Flags], LabOptions> = {
  declare: (program) =>
    program.command("lab")
      .description("reproduce an incident in network namespaces of its own")
      .addArgument(
        new Argument("<action>", `one of ${ACTIONS.join(", ")}`).argParser(readAction),
      )
      .argument("[INCIDENT]", "which incident (default: all of them)")
      .option("--repaired", "the same network without the fault")
      .addOption(jsonOption())
      .option("--keep", "leave the network standing after a run")
      .option("--ovs", "with bridges of Open vSwitch, which must be installed"),

  read(action, named, { repaired = false, json = false, keep = false, ovs = false }) {
    const incident = named === undefined || !ovs ? named : withOpenvswitch(named);
    if (action === "up" && incident === undefined) {
      throw usageError(
        'Cannot bring a lab up: no INCIDENT given, must be one of "lasthop lab list"',
      );
    }
    return { action, incident, repaired, json, keep, ovs };
  },

  run: (options) => RUNS[options.action](options),
};

function readAction(text: string): Action {
  const action = ACTIONS.find((known) => known === text);
  if (action !== undefined) return action;
  throw cannotRead("the action", `"${text}" is not known`, `one of ${ACTIONS.join(", ")}`);
}

const RUNS: Record<Action, (options: LabOptions) => Promise<number>> = {
  list,
  up,
  down,
  run: runAll,
};

const progress = (text: string) => console.error(`lasthop: ${text}`);

async function list({ incident, json }: LabOptions): Promise<number> {
  const { listIncidents } = await import("../../lab/mod.ts");
  const { lookOf, terminalOptions } = await import("../render/mod.ts");
  const all = listIncidents();
  const wanted = incident === undefined
    ? all
    : all.filter(({ id }) => id.toLowerCase() === incident.toLowerCase());
  if (wanted.length === 0) {
    throw new LasthopError(
      "lab_unknown",
      `Cannot find lab: "${incident}" is no incident, must be one of ` +
        all.map(({ id }) => id).join(", "),
      2,
    );
  }
  if (json) console.log(JSON.stringify(wanted, null, 2));
  else console.log(listed(wanted, lookOf(terminalOptions())).join("\n"));
  return 0;
}

/** The catalogue of labs: id and title in one line, the summary below. */
export function listed(incidents: readonly LabIncident[], look: Look): string[] {
  const width = Math.max(0, ...incidents.map(({ id }) => id.length));
  return incidents.flatMap(({ id, title, summary }) => [
    `${look.paint("bold", id.padEnd(width))}  ${look.paint("bold", title)}`,
    ...look.lines(summary, width + 2),
  ]);
}

async function up({ incident, repaired, json }: LabOptions): Promise<number> {
  const { labUp } = await import("../../lab/mod.ts");
  const lab = await labUp(incident!, { repaired, kept: true });
  if (json) {
    const { id, nodes, filter } = lab;
    console.log(JSON.stringify({ id, repaired, nodes, filter }, null, 2));
    return 0;
  }
  const nodes = lab.nodes.map(({ name, netns }) => `--node ${name}=${netns.join(",")}`);
  console.log(`${lab.id} is up${repaired ? ", repaired" : ""}. Trace it:`);
  console.log(`  lasthop trace ${nodes.join(" ")} '${lab.filter}'`);
  console.log(`Take it down:\n  lasthop lab down ${lab.id}`);
  return 0;
}

async function down({ incident, json }: LabOptions): Promise<number> {
  const { labDown } = await import("../../lab/mod.ts");
  const { plural } = await import("../render/mod.ts");
  const removed = await labDown(incident);
  if (json) console.log(JSON.stringify({ removed }, null, 2));
  else if (removed.length === 0) console.log("nothing was up");
  else console.log(`${plural(removed.length, "namespace")} removed: ${removed.join(", ")}`);
  return 0;
}

/** One after the other: they may share names. */
async function runAll({ incident, repaired, json, keep, ovs }: LabOptions): Promise<number> {
  const { listIncidents } = await import("../../lab/mod.ts");
  const { runLab } = await import("../lab/run_lab.ts");
  const all = listIncidents().filter(({ openvswitch = false }) => openvswitch === ovs);
  const ids = incident === undefined ? all.map(({ id }) => id) : [incident];
  let worst = 0;
  for (const id of ids) {
    const code = await runLab({ id, repaired, keep, json, listen: null, progress });
    worst = Math.max(worst, code);
    if (keep) progress(`${id} is still up; "lasthop lab down ${id}" takes it down`);
  }
  return worst;
}
