/** A spec file to the batches its nodes would have sent, and the sections that are compared. */
import type { Event } from "../../../src/event/event.ts";
import { type Packets, parseEvent } from "./event_line.ts";
import { newCluster, readCluster, type SpecCluster } from "./cluster_line.ts";
import { newNode, readNodeDirective, type SpecNode } from "./node.ts";
import { readState } from "./state_line.ts";
import { SpecError, wordsOf } from "./words.ts";

export interface Spec {
  /** The first line without its `# `: a claim, and the ids of the rules it is about. */
  title: string;
  /** Everything above `-- report --`, as it is in the file. */
  given: string;
  nodes: SpecNode[];
  /** Absent: nobody asked its API. */
  cluster?: SpecCluster;
  /** By the name of the node. */
  events: Map<string, Event[]>;
  filter: string;
  closed: boolean;
  /** Sections below the events: name to lines. */
  expected: Map<string, string>;
}

const RESULTS = ["report", "clocks", "accounting", "exchanges", "problems", "changes"];

/** Reads a spec; an error names file and line. */
export function parseSpec(text: string, path: string): Spec {
  const lines = text.split("\n");
  const title = /^# (.+)$/.exec(lines[0]!)?.[1];
  if (title === undefined) throw new SpecError(`${path}:1: must be "# A claim. [ID]"`);
  const spec: Spec = {
    title,
    given: "",
    nodes: [],
    events: new Map(),
    filter: "",
    closed: true,
    expected: new Map(),
  };
  const packets: Packets = new Map();
  let section = "incident";
  for (const [i, line] of lines.entries()) {
    if (i === 0) continue;
    const header = /^-- (.+) --$/.exec(line)?.[1];
    if (header !== undefined) {
      section = header;
      if (RESULTS.includes(section)) {
        if (spec.given === "") spec.given = lines.slice(0, i).join("\n") + "\n";
        spec.expected.set(section, "");
      }
      continue;
    }
    if (RESULTS.includes(section)) {
      spec.expected.set(section, spec.expected.get(section) + line + "\n");
      continue;
    }
    try {
      readLine(spec, section, wordsOf(line), packets);
    } catch (error) {
      throw new SpecError(`${path}:${i + 1}: ${(error as Error).message}`);
    }
  }
  if (spec.given === "") spec.given = text.endsWith("\n") ? text : text + "\n";
  return spec;
}

function readLine(spec: Spec, section: string, words: string[], packets: Packets): void {
  if (words.length === 0) return;
  if (section === "incident") return readIncident(spec, words);
  if (section === "cluster") return readCluster(spec.cluster ??= newCluster(), words);
  if (section === "events") return readEvent(spec, words, packets);
  const name = /^node (\S+)$/.exec(section)?.[1];
  if (name === undefined) {
    throw new SpecError(
      `section "${section}" must be node NAME, cluster, events, ${RESULTS.join(" or ")}`,
    );
  }
  let node = spec.nodes.find((known) => known.name === name);
  if (!node) spec.nodes.push(node = newNode(name));
  if (readNodeDirective(node, words)) return;
  const state = node.states.at(-1);
  if (!state) throw new SpecError(`"${words[0]}" must come after the netns it is about`);
  readState(state, words, node.attachedNs);
}

function readIncident(spec: Spec, words: string[]): void {
  if (words[0] === "filter") spec.filter = words.slice(1).join(" ");
  else if (words[0] === "live") spec.closed = false;
  else throw new SpecError(`"${words[0]}" means nothing here, must be "filter" or "live"`);
}

function readEvent(spec: Spec, [name, ...words]: string[], packets: Packets): void {
  const node = spec.nodes.find((known) => known.name === name);
  if (!node) throw new SpecError(`"${name}" is no node, must have a section above`);
  const event = parseEvent(words, node, packets);
  const events = spec.events.get(node.name) ?? [];
  // The analysis would take a second one for the first told twice.
  const key = (e: Event) => `${e.kind} ${e.timeNs} ${e.cpu} ${e.skb}`;
  if (events.some((known) => key(known) === key(event))) {
    throw new SpecError("has the kind, moment, processor and skb of another line, must differ");
  }
  events.push(event);
  spec.events.set(node.name, events);
}
