/** `lasthop lab`: incidents reproduced in network namespaces of their own. */
import { LasthopError } from "../../event/error.ts";
import { labDown, type LabIncident, labUp, listIncidents } from "../../lab/mod.ts";
import { runLab } from "../lab/run_lab.ts";
import type { LabAction, LabOptions } from "../options.ts";
import { type Look, lookOf, plural, terminalOptions } from "../render/mod.ts";

const progress = (text: string) => console.error(`lasthop: ${text}`);

const ACTIONS: Record<LabAction, (options: LabOptions) => Promise<number>> = {
  list,
  up,
  down,
  run: runAll,
};

export function run(options: LabOptions): Promise<number> {
  return ACTIONS[options.action](options);
}

function list({ incident, json }: LabOptions): Promise<number> {
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
  return Promise.resolve(0);
}

export function listed(incidents: readonly LabIncident[], look: Look): string[] {
  const width = Math.max(0, ...incidents.map(({ id }) => id.length));
  return incidents.flatMap(({ id, title, summary }) => [
    `${look.paint("bold", id.padEnd(width))}  ${look.paint("bold", title)}`,
    ...look.lines(summary, width + 2),
  ]);
}

async function up({ incident, repaired, json }: LabOptions): Promise<number> {
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
  const removed = await labDown(incident);
  if (json) console.log(JSON.stringify({ removed }, null, 2));
  else if (removed.length === 0) console.log("nothing was up");
  else console.log(`${plural(removed.length, "namespace")} removed: ${removed.join(", ")}`);
  return 0;
}

/** One after the other: they may share names. */
async function runAll({ incident, repaired, json, keep }: LabOptions): Promise<number> {
  const ids = incident === undefined ? listIncidents().map(({ id }) => id) : [incident];
  let worst = 0;
  for (const id of ids) {
    const code = await runLab({ id, repaired, keep, json, listen: null, progress });
    worst = Math.max(worst, code);
    if (keep) progress(`${id} is still up; "lasthop lab down ${id}" takes it down`);
  }
  return worst;
}
