/** What a reported incident is, when it is rebuilt: how it is made, asked about, and judged. */
import type { Namespace } from "../../../src/lab/namespace.ts";
import type { Topology } from "../../../src/lab/topology.ts";
import type { Exchange } from "../../../src/event/report.ts";

/** Where a case happens: what every lab of a case has. */
export interface Place {
  /** Nodes with a probe, and their namespaces; what is not here nobody watches. */
  nodes: Record<string, Namespace[]>;
}

/** Words that a person reads in `docs/cases.md`, and the pattern that finds the fact in a report. */
export type Facts = Record<string, RegExp>;

/** One trace of the incident, as a user would start it. */
export interface Ask {
  /** For example "by service", "by client". */
  name: string;
  filter: string;
}

/** A question that somebody asked in the incident, and what must be said of what came of it. */
export interface Must {
  /** The trace in which it must be said; each where absent. */
  ask?: string;
  protocol: "tcp" | "udp" | "icmp" | "icmp6";
  /** Address of the client, and the address and port that it asked. */
  client: string;
  server: string;
  port?: number;
  /** At least one exchange of this kind has such an outcome. */
  outcomes: readonly Exchange["outcome"][];
  /** One of them is the cause, or a finding, of such an exchange. None: there must be no cause. */
  codes: readonly string[];
  /** Codes that are true as well, and of less help. */
  alsoTrue?: readonly string[];
  /** What the sentence or the evidence of it has to hold. */
  says?: Facts;
  /** It took at least so long to be answered, ms. */
  tookMsMin?: number;
  /** Its commands, applied for real, let the same traffic pass, and nothing else breaks. */
  heals?: boolean;
}

/** An incident as it can be built, broken and healthy. */
export interface Case<P extends Place = Place> {
  /** As after `deno task cases`: the number of the report, and words; a variation after a dot. */
  name: string;
  reported: {
    /** What people saw, in a sentence. */
    words: string;
    /** Issues, pages, or names of questions. */
    where: readonly string[];
  };
  /** What is the matter. */
  truth: string;
  /** Notes the lab in an empty topology: with its fault, or the same without. */
  lay(topology: Topology, broken: boolean): P;
  /** When the lab is up and nothing is traced: servers, and what happened before. */
  start?(place: P, broken: boolean): Promise<void> | void;
  /** Real traffic; resolves with what its programs said. */
  traffic(place: P, broken: boolean): Promise<string>;
  /** How long the trace goes on after the traffic, as a person's would, ms; not at all where absent. */
  holdMs?: number;
  /** Programs' words that prove that the incident is there; else nothing was tested. */
  happened: RegExp;
  /** Programs' words that prove that the healthy twin is well, and that a remedy healed. */
  well: RegExp;
  asks(place: P): Ask[];
  musts(place: P): Must[];
  /** What may not be said of the incident anywhere in the report. */
  never?(place: P): Facts;
  /** Of the healthy twin: codes that are findings of its nature, such as a shaper's. */
  fineWhenWell?: readonly string[];
  /** Debian packages besides those that lasthop needs itself. */
  packages?: readonly string[];
}

// deno-lint-ignore no-explicit-any
export type AnyCase = Case<any>;

/** Keeps the place's type inside the case and out of the list. */
export function reportedCase<P extends Place>(one: Case<P>): AnyCase {
  return one;
}
