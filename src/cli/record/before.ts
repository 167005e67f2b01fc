/**
 * What came before a moment, as far as what comes after it needs it: so that the batches after it are
 * whole by themselves, as if their probes had begun then.
 */
import type { BatchHeader } from "../../event/batch.ts";
import type { ProbeBatch } from "../../probe/ship/batcher.ts";

/** Parts of a state that a later one may leave out, as still being what they were. */
const KEPT_PARTS = ["routes", "fdb", "netfilter"] as const;

/** Lines of a cluster's API that are remembered; of more the oldest go. */
const CLUSTER_LINES_MAX = 256;

interface StateLine {
  kind: string;
  netns?: number;
  kept?: string[];
}

/** The states of one namespace that tell all of it: the last, and the last that told each part. */
type LastStates = Map<string, string>;

/** What one probe of a node has told so far. */
interface Told {
  header: BatchHeader;
  states: Map<number, LastStates>;
  clusterLines: string[];
}

/** Everything up to a moment, without its events. */
export class Before {
  readonly #told = new Map<string, Told>();

  /** One more batch was before it. */
  note({ header, lines }: ProbeBatch): void {
    const told = this.#told.get(header.probe) ?? { header, states: new Map(), clusterLines: [] };
    this.#told.set(header.probe, told);
    told.header = header;
    for (const line of lines) if (line.startsWith("{")) noteLine(told, line);
    const watched = new Set(header.netns.map(({ inode }) => inode));
    for (const netns of told.states.keys()) if (!watched.has(netns)) told.states.delete(netns);
  }

  /** A copy, which stays as it is. */
  copy(): Before {
    const copy = new Before();
    for (const [probe, { header, states, clusterLines }] of this.#told) {
      const own = new Map([...states].map(([netns, last]) => [netns, new Map(last)]));
      copy.#told.set(probe, { header, states: own, clusterLines: [...clusterLines] });
    }
    return copy;
  }

  /** Up to where the probe had told; undefined when it had not begun. */
  headerOf(probe: string): BatchHeader | undefined {
    return this.#told.get(probe)?.header;
  }

  /** The lines of states that tell what is so at that moment, each once. */
  linesOf(probe: string): string[] {
    const told = this.#told.get(probe);
    if (told === undefined) return [];
    const states = [...told.states.values()].flatMap((last) => [...new Set(last.values())]);
    return [...told.clusterLines, ...states];
  }
}

function noteLine(told: Told, line: string): void {
  const { kind, netns, kept = [] } = JSON.parse(line) as StateLine;
  if (kind !== "state" || netns === undefined) {
    told.clusterLines.push(line);
    if (told.clusterLines.length > CLUSTER_LINES_MAX) told.clusterLines.shift();
    return;
  }
  const last: LastStates = told.states.get(netns) ?? new Map();
  told.states.set(netns, last);
  for (const part of KEPT_PARTS) if (!kept.includes(part)) last.set(part, line);
  last.set("all", line);
}
