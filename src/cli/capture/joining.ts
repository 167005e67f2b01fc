/** The exchange of a code for a token of this node's own. */
import { LasthopError } from "../../event/error.ts";
import { parseNamedFilter } from "../../event/filter/mod.ts";
import { plainWords } from "../../ingest/client/answer.ts";
import { createClient, IngestError } from "../../ingest/client/client.ts";
import { readCapability, requireTracing } from "../../probe/kernel/capability.ts";
import { INCIDENT_CHARS_MAX, type JoinLine, NODE_NAME_CHARS_MAX, readName } from "../read_value.ts";
import type { CaptureOptions } from "./options.ts";

/** What this node was let in to. The token is in this process's memory and nowhere else. */
export interface JoinedIncident {
  incident: string;
  filter: string;
  token: string;
}

/** What is wrong with a code that was refused, by the code of the problem. */
const REFUSED: Readonly<Record<string, string>> = {
  token_wrong: "the code is not known there, must be one that is not closed, copied whole",
  token_malformed: "the code is not known there, must be copied whole",
  token_expired: "the code's time is over, must be a newer one",
  code_closed: "the code was closed, must be a newer one",
  code_full: "the code admitted as many nodes as it may, must be another",
  role_insufficient: "that is a token and no code, must be what `lasthop serve` printed",
};

/**
 * Joins the incident of a code. Throws LasthopError when this machine cannot trace, so that a code is
 * not used up by one that can't; `join_refused` for a code that is not taken; and what the client
 * throws.
 */
export async function joinIncident(
  { ingest, code }: JoinLine,
  { name, nodes }: CaptureOptions & { name?: string },
): Promise<JoinedIncident> {
  requireTracing(await readCapability());
  const names = nodes.length === 0 ? [name ?? Deno.hostname()] : nodes.map(({ name }) => name);
  const client = createClient({ url: ingest, token: code });
  try {
    return checked(await client.join(joinedName(names)));
  } catch (error) {
    const refused = error instanceof IngestError ? REFUSED[error.code] : undefined;
    if (refused === undefined) throw error;
    throw new LasthopError("join_refused", `Cannot join at ${ingest}: ${refused}`);
  }
}

/**
 * The name of a probe with several nodes, `a+b`, of as many as a name has room for: the ingest looks for
 * each of them in the report, so none is cut.
 */
export function joinedName(names: readonly string[]): string {
  const [first = "", ...others] = names;
  return others.reduce((all, name) => {
    const more = `${all}+${name}`;
    return more.length <= NODE_NAME_CHARS_MAX ? more : all;
  }, first);
}

/** The ingest may be an enemy: what it answers becomes names of files and a program of bpftrace. */
function checked({ incident, filter, token }: JoinedIncident): JoinedIncident {
  readName("the incident of the code", String(incident), INCIDENT_CHARS_MAX);
  parseNamedFilter(plainWords(filter));
  return { incident, filter: plainWords(filter), token: String(token) };
}
