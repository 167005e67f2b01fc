/** `lasthop serve --incident`: the incident is there, a line is told, and nodes are ticked off. */
import { setTimeout as pause } from "node:timers/promises";
import { join } from "node:path";
import { replaceOwnText } from "../../files/own_files.ts";
import { IngestError } from "../../ingest/client/client.ts";
import type { IngestClient } from "../../ingest/mod.ts";
import { bringLine } from "../pack/offer.ts";
import { lookOf, terminalOptions } from "../render/mod.ts";
import { type CodeBounds, joinLine, makeCode, worthOf } from "./codes.ts";
import { Ticks } from "./ticks.ts";
import { ToldProblems } from "./told_problems.ts";

/** What nodes are to join. */
export interface IncidentOfServe {
  incident: string;
  /** Of the incident, when it is made here. */
  filter: string;
  bounds: CodeBounds;
  /** Digest of the product that is offered to nodes which have none; absent: none is. */
  offered?: string;
  /** The address that nodes and viewers are told. */
  url: string;
  /** Where secrets are written when nobody reads them on a terminal. */
  dataDir: string;
}

/** A viewer's link outlives its incident's first days. Seconds. */
const VIEWER_SECONDS = 7 * 24 * 3600;
/** How often it is looked who joined. Milliseconds. */
const LOOK_MS = 1_000;

/**
 * Makes the incident where it is not there, a code and a viewer's token, and tells both: on a terminal,
 * else in a file of its owner's, because what is written is a log. Throws what the client throws.
 */
export async function tellHowToJoin(
  client: IngestClient,
  { incident, filter, bounds, url, dataDir, offered }: IncidentOfServe,
  progress: (text: string) => void,
): Promise<void> {
  await makeIncident(client, incident, filter, progress);
  const code = await makeCode(client, incident, bounds);
  const viewer = await client.createToken(incident, {
    role: "viewer",
    expiresInSeconds: VIEWER_SECONDS,
  });
  const line = joinLine(url, code.token);
  const bring = offered === undefined ? null : bringLine(url, code.token, offered);
  const page = `${url}/incidents/${encodeURIComponent(incident)}#token=${viewer.token}`;
  if (Deno.stderr.isTerminal()) {
    progress("paste this on each node:");
    console.error(`\n  ${line}\n`);
    if (bring !== null) {
      progress("or this on one that has no lasthop, which brings it:");
      console.error(`\n  ${bring}\n`);
    }
    progress(`it is ${worthOf(code, incident)}`);
    progress(`watch incident "${incident}" at ${page}`);
  } else {
    const path = join(dataDir, `join-${incident}`);
    await replaceOwnText(path, [line, page, ...bring === null ? [] : [bring], ""].join("\n"));
    progress(`what is pasted on each node, and the page's address, are in ${path}`);
    progress(`the line is ${worthOf(code, incident)}`);
  }
}

async function makeIncident(
  client: IngestClient,
  id: string,
  filter: string,
  progress: (text: string) => void,
): Promise<void> {
  try {
    await client.createIncident({ id, filter });
  } catch (error) {
    if (!(error instanceof IngestError) || error.code !== "incident_exists") throw error;
    const there = await client.getIncident(id);
    const itsFilter = there.filter === "" ? "everything" : `"${there.filter}"`;
    progress(`incident "${id}" is here already: nodes add to it, its filter is ${itsFilter}`);
  }
}

/** Tells nodes as they join and begin to see, and problems as they show, until `ended`. */
export async function tickNodes(
  client: IngestClient,
  incident: string,
  ended: Promise<unknown>,
  progress: (text: string) => void,
): Promise<void> {
  const ticks = new Ticks();
  const problems = new ToldProblems(lookOf(terminalOptions()));
  const over = new AbortController();
  let revision = 0;
  void ended.then(() => over.abort());
  while (!over.signal.aborted) {
    try {
      const { nodes } = await client.nodes(incident);
      const now = await client.getIncident(incident);
      const report = now.revision === revision ? null : await client.report(incident);
      revision = now.revision;
      for (const line of ticks.lines(nodes, report, Date.now())) progress(line);
      for (const line of problems.lines(report?.problems ?? [])) console.error(line);
    } catch {
      // The ingest is this process's own: what fails in it is told by its log.
    }
    await pause(LOOK_MS, undefined, { signal: over.signal }).catch(() => {});
  }
}
