/// <reference lib="dom" />
/** Which nodes joined with a code and do not report yet, and how long others still may. */
import { computed, signal } from "@preact/signals";
import { request } from "../live/api.ts";
import { fields, list, number, text } from "../live/read.ts";
import { isOver, nodes } from "./told.ts";

/** A node that exchanged a code for a token. */
export interface JoinedNode {
  /** The name it gave itself; names of several nodes of one probe have a "+" between them. */
  node: string;
  /** The address it asked from; empty where the ingest does not know. */
  from: string;
  /** Id of its token. */
  token: string;
}

/** What the ingest says of joining. */
export interface Joining {
  nodes: JoinedNode[];
  /** Milliseconds since 1970 at which the last code that still admits nodes ends; 0: none does. */
  openUntilMs: number;
}

/** How often it is asked while nodes may join, and while none may. Milliseconds. */
const OPEN_MS = 2_000;
const CLOSED_MS = 30_000;

const joining = signal<Joining>({ nodes: [], openUntilMs: 0 });

/** When the last code that admits nodes ends, in ms since 1970; 0: none does. */
export const openUntilMs = computed(() => joining.value.openUntilMs);

/** Nodes that joined and have not reported; what reports is told of by its own reports. */
export const waitingNodes = computed(() => waitingOf(joining.value.nodes, nodes.value));

/** Those of `joined` of whose names none is in `reported`, each once. */
export function waitingOf(
  joined: readonly JoinedNode[],
  reported: readonly { name: string }[],
): JoinedNode[] {
  const names = new Set(reported.map(({ name }) => name));
  const waiting = joined.filter(({ node }) => !node.split("+").some((name) => names.has(name)));
  return [...new Map(waiting.map((one) => [one.node, one])).values()];
}

/** What the ingest says; a field that is missing or of a wrong type is empty. */
export function readJoining(value: unknown, nowMs: number): Joining {
  const from = fields(value);
  const open = list(from.codes).map(fields)
    .filter((code) => number(code.joined) < number(code.nodesMax))
    .map((code) => Date.parse(text(code.expiresAt)))
    .filter((endMs) => endMs > nowMs);
  return {
    nodes: list(from.nodes).map(fields).map((one) => ({
      node: text(one.node),
      from: text(one.from),
      token: text(one.token),
    })).filter(({ node }) => node !== ""),
    openUntilMs: Math.max(0, ...open),
  };
}

/** Asks the ingest who joined, as long as it answers and the incident goes on; gives what ends it. */
export function followJoining(incident: string): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isEnded = false;
  const ask = async () => {
    if (isEnded || isOver.value) return;
    if (!document.hidden && !await read(incident)) return;
    const isOpen = openUntilMs.value > Date.now() || waitingNodes.value.length > 0;
    timer = setTimeout(ask, isOpen ? OPEN_MS : CLOSED_MS);
  };
  void ask();
  return () => {
    isEnded = true;
    clearTimeout(timer);
  };
}

/** False where it is of no use to ask again: another version's ingest, or a token that may not. */
async function read(incident: string): Promise<boolean> {
  try {
    const response = await request(`/v1/incidents/${encodeURIComponent(incident)}/nodes`);
    if (!response.ok) return response.status === 429 || response.status >= 500;
    joining.value = readJoining(await response.json(), Date.now());
  } catch { /* the stream's own state says what is wrong */ }
  return true;
}
