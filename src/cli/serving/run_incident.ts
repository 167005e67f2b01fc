/** What `lasthop incident` does, one function an action. */
import type { IngestClient, MintedToken } from "../../ingest/mod.ts";
import { clientOf, newestFirst } from "../asking/incident.ts";
import { incidentLines } from "../render/incidents.ts";
import { lookOf, terminalOptions } from "../render/mod.ts";
import { joinLine, makeCode, worthOf } from "./codes.ts";
import type { Action, IncidentCommand } from "./options.ts";
import { readServing } from "./serving_file.ts";

const progress = (text: string) => console.error(`lasthop: ${text}`);
const printJson = (value: unknown) => console.log(JSON.stringify(value, null, 2));

/** What an action needs. */
interface Asked extends IncidentCommand {
  client: IngestClient;
  /** The incident; "" for a list. */
  name: string;
}

/** Resolves with the exit code. Throws what the ingest refused. */
export async function runIncident(options: IncidentCommand): Promise<number> {
  await ACTIONS[options.action]({
    ...options,
    client: clientOf(options),
    name: options.name ?? "",
  });
  return 0;
}

const ACTIONS: Record<Action, (asked: Asked) => Promise<void>> = {
  async create(asked) {
    const { client, name, filter, expiresInSeconds, nodesMax, json } = asked;
    const incident = await client.createIncident({ id: name, filter });
    const code = await makeCode(client, name, { expiresInSeconds, nodesMax });
    if (json) printJson({ incident, code, line: joinLine(urlForNodes(asked), code.token) });
    else tellCode(asked, code);
  },

  async list({ client, json }) {
    const incidents = newestFirst(await client.listIncidents());
    if (json) printJson({ incidents });
    else console.log(incidentLines(incidents, lookOf(terminalOptions())).join("\n"));
  },

  async token(asked) {
    const { client, name, role, expiresInSeconds, nodesMax, revoke, json } = asked;
    if (revoke !== undefined) {
      await client.deleteToken(name, revoke);
      progress(`token ${revoke} of incident "${name}" has ended`);
      return;
    }
    const made = role === "join"
      ? await makeCode(client, name, { expiresInSeconds, nodesMax })
      : await client.createToken(name, { role, expiresInSeconds });
    if (json) printJson(made);
    else if (role === "join") tellCode(asked, made);
    else {
      const until = made.expiresAt === null ? "until it is revoked" : `until ${made.expiresAt}`;
      progress(`a ${role}'s token of incident "${name}", good ${until}; its id is ${made.id}`);
      console.log(made.token);
    }
  },

  async nodes({ client, name, json }) {
    const list = await client.nodes(name);
    if (json) {
      printJson(list);
      return;
    }
    const look = lookOf(terminalOptions());
    for (const { node, from, joinedAt, token } of list.nodes) {
      const at = joinedAt.slice(0, 19).replace("T", " ");
      console.log(`${at} UTC  ${look.text(node)}  from ${look.text(from ?? "?")}  token ${token}`);
    }
    if (list.nodes.length === 0) console.log("no node has joined with a code");
    for (const { id, expiresAt, joined, nodesMax } of list.codes) {
      progress(`code ${id}: ${joined} of ${nodesMax} nodes, until ${expiresAt}`);
    }
  },

  async close({ client, name, json }) {
    const incident = await client.closeIncident(name);
    if (json) printJson(incident);
    else progress(`incident "${name}" is closed: it takes nothing more, and can be read`);
  },

  async delete({ client, name }) {
    await client.deleteIncident(name);
    progress(`incident "${name}" is deleted, with its tokens`);
  },
};

function tellCode(asked: Asked, code: MintedToken): void {
  progress(`paste this on each node (${worthOf(code, asked.name)}):`);
  console.log(joinLine(urlForNodes(asked), code.token));
}

/** The ingest of this machine is asked on its loopback, which no node reaches. */
function urlForNodes({ ingest }: Asked): string {
  const own = readServing();
  return own?.ingest === ingest ? own.forNodes ?? ingest : ingest;
}
