/** The line that is pasted on each node, and what it is worth. */
import type { IngestClient, MintedToken } from "../../ingest/mod.ts";
import { CODE_NODES, CODE_NODES_MAX, CODE_SECONDS_MAX } from "../../ingest/token_bounds.ts";
import { cannotRead, readSeconds } from "../read_value.ts";
import { plural } from "../render/mod.ts";

/** What bounds a code; absent: as the ingest has it. */
export interface CodeBounds {
  expiresInSeconds?: number;
  /** Nodes that can join with it. */
  nodesMax?: number;
}

/** Makes a code for nodes of this incident. Throws what the client throws. */
export const makeCode = (
  client: IngestClient,
  incident: string,
  bounds: CodeBounds,
): Promise<MintedToken> => client.createToken(incident, { role: "join", ...bounds });

/** The line. zsh takes the brackets of an IPv6 address for a pattern of files, so that such a URL is quoted. */
export function joinLine(url: string, code: string): string {
  const word = `${url}#${code}`;
  return `sudo lasthop join ${word.includes("[") ? `'${word}'` : word}`;
}

/** What a line is worth, for people. */
export function worthOf({ id, expiresAt, nodesMax }: MintedToken, incident: string): string {
  const until = (expiresAt ?? "").slice(11, 16);
  return `good until ${until} UTC for ${
    plural(nodesMax ?? CODE_NODES, "node")
  }; to end it before: ` +
    `lasthop incident token ${incident} --revoke ${id}`;
}

/** The number of `--nodes`. Throws LasthopError `usage` for what is none. */
export function readNodes(text: string): number {
  const nodes = /^\d+$/.test(text) ? Number(text) : 0;
  if (nodes >= 1 && nodes <= CODE_NODES_MAX) return nodes;
  throw cannotRead("--nodes", `"${text}" is not a number of nodes`, `1 to ${CODE_NODES_MAX}`);
}

/** The time of `--code-for`. Throws LasthopError `usage` for what is none, or longer than a day. */
export const readCodeTime = (text: string): number =>
  Math.ceil(readSeconds(text, "--code-for", CODE_SECONDS_MAX));
