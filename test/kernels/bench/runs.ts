/** The cases, each a script with its truth above it, and the runs that are made of them. */
import { labCases } from "./labs.ts";

const CASES = new URL("../cases/", import.meta.url);

/** A case: a network with a fault, and without it. */
export interface Case {
  name: string;
  /** What really happens there. */
  truth: string;
  /** What must be said of it: an outcome, and a cause where it has one. */
  fault: string;
  /** What must be said on kernels that tell less of it, or tell it otherwise. */
  faultOn: Record<string, string>;
  /** What is true of it, too: outcomes with their causes, with a comma between two. */
  besides?: string;
  /** Nodes and their namespaces. */
  nodes: Record<string, string[]>;
  /** Namespaces that are on a second machine; none: it needs one alone. */
  far: string[];
  /** What joins it to the second machine. */
  wire: Wire;
  /** Kernels that can't have it, each with the reason. */
  without: Record<string, string>;
  /** The lab that it is, by its id; absent: a script builds it. */
  lab?: string;
}

/** One of the two forms of a case, as a guest builds it. */
export interface Run {
  /** `wireguard-source`, or `wireguard-source-healthy`. */
  name: string;
  /** Name of the file. */
  script: string;
  nodes: Record<string, string[]>;
  /** Namespaces that are on a second machine. */
  far: string[];
  wire: Wire;
  isHealthy: boolean;
  /** The lab that it is, whose nodes are known once it is up; absent: a script builds it. */
  lab?: string;
}

/**
 * What joins two guests. `plain`: a wire of frames that each guest has cut itself. `tso`: cards by
 * which a TCP segment of up to 64 KiB goes from guest to guest in one piece. `cut`: cards that cut
 * it, so that the other guest's kernel puts together what came, as it sees fit.
 */
export type Wire = "plain" | "tso" | "cut";

const WIRES: readonly Wire[] = ["plain", "tso", "cut"];

/** Which of two joined guests; one alone is the near one. */
export type Side = "near" | "far";

/** All cases, labs too, or those whose names begin so. Throws Error where a file lacks a line. */
export function readCases(words: readonly string[] = []): Case[] {
  const scripts = [...Deno.readDirSync(CASES)]
    .filter(({ name }) => name.endsWith(".sh"))
    .map(({ name }) =>
      caseOf(name.replace(/\.sh$/, ""), Deno.readTextFileSync(new URL(name, CASES)))
    );
  return [...scripts, ...labCases()]
    .filter(({ name }) => words.length === 0 || words.some((word) => name.startsWith(word)))
    .sort((a, b) => a.name < b.name ? -1 : 1);
}

/** A case by the comment above its script. Throws Error where a line is missing. */
export function caseOf(name: string, text: string): Case {
  const comment = /^(?:#.*\n)+/.exec(text)?.[0].split("\n").map((line) => line.slice(2)) ?? [];
  const line = (word: string) =>
    comment.find((one) => one.startsWith(`${word}: `))?.slice(word.length + 2);
  const asked = (word: string) => {
    const found = line(word);
    if (found !== undefined) return found;
    throw new Error(`Cannot read case "${name}": its comment must have "# ${word}: "`);
  };
  const nodes = asked("nodes").split(" ").map((one): [string, string[]] => {
    const [node = "", netns = node] = one.split("=");
    return [node, netns.split(",")];
  });
  const without = comment.filter((one) => one.startsWith("without "))
    .map((one): [string, string] => [one.split(/[ :]/)[1]!, one.slice(one.indexOf(": ") + 2)]);
  const faultOn = comment.filter((one) => one.startsWith("fault on "))
    .map((one): [string, string] => [one.split(/[ :]/)[2]!, one.slice(one.indexOf(": ") + 2)]);
  const wire = WIRES.find((one) => one === (line("wire") ?? "plain"));
  if (wire === undefined) throw new Error(`Cannot read case "${name}": no wire is so`);
  return {
    name,
    truth: comment[0] ?? "",
    fault: asked("fault"),
    faultOn: Object.fromEntries(faultOn),
    besides: line("besides"),
    nodes: Object.fromEntries(nodes),
    far: line("far")?.split(" ") ?? [],
    wire,
    without: Object.fromEntries(without),
  };
}

/** The case with its fault, and its healthy twin. */
export function runsOf({ name, nodes, far, wire, lab }: Case): Run[] {
  const script = `${name}.sh`;
  return [
    { name, script, nodes, far, wire, isHealthy: false, lab },
    { name: `${name}-healthy`, script, nodes, far, wire, isHealthy: true, lab },
  ];
}
