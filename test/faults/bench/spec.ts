/** What a fault is: where it is laid, how it is told to the kernel, and what must be said of it. */
import type { CauseCode, ExchangeOutcome, Outcome } from "../../../src/event/codes.ts";
import type { Stage } from "../../../src/event/report.ts";
import type { RunningServer, Server } from "../traffic/server.ts";
import type { Sent, Talk } from "../traffic/talk.ts";
import type { Site, World } from "../worlds/world.ts";

/** The part of a report that is right. Where the truth is arguable, several answers are. */
export interface Verdict {
  /** Which talk, by its place in the list; the first where absent. */
  talk?: number;
  /** The reply to it, instead of the request. */
  reply?: boolean;
  /** Of a flow that carries the talk, as a tunnel's does. */
  protocol?: "udp";
  /** Source or destination, where that differs from the talk's own (forged, translated). */
  source?: string;
  destination?: string;
  outcomes: readonly Outcome[];
  /** Node and device of the last hop; any where absent. */
  at?: readonly (readonly [node: string, device: string])[];
  stages?: readonly Stage[];
  /** None means that no cause may be given. */
  codes: readonly CauseCode[];
  /** A command that repairs it must be there. */
  remedy: boolean;
}

/** What must be said of what came of a talk: of its exchange, not of its packets. */
export interface Came {
  /** Which talk, by its place in the list; the first where absent. */
  talk?: number;
  outcomes: readonly ExchangeOutcome[];
  /** One of them is its cause or a finding of it. None means that nothing may be given. */
  codes: readonly CauseCode[];
  /** True as well, and of less help. */
  alsoTrue?: readonly CauseCode[];
  /** What the sentence, the evidence or a command has to hold; words for the complaint. */
  says?: Record<string, RegExp>;
  /** A command that repairs it must be there. */
  remedy?: boolean;
}

export interface Injection<W extends World> {
  /** Written down before the topology is applied for the last time. */
  lay?(world: W): void;
  /** At once, when all is up and nothing is traced yet. */
  act?(world: W): Promise<void> | void;
  /** While traced, as soon as the first packets were sent. */
  during?(world: W): Promise<void>;
  /** While traced, when the half of each TCP request was sent: the other half comes after it. */
  amid?(world: W): Promise<void>;
  /** Instead of those that every kind of the case has. */
  servers?(world: W): AnyServer[];
}

/** A server to be started, or one that runs already. */
export type AnyServer = Server | RunningServer;

export interface Spec<W extends World = World> {
  id: string;
  /** The code that the fault stands for in the score. */
  code: CauseCode | "unanswered" | "delivered";
  world(site: Site): W;
  /** Laid in every kind of the case, fault or none. */
  setUp?(world: W): void;
  fault: Injection<W>;
  /** The harmless neighbour of the fault. */
  near?: Injection<W> & { what: string };
  /** Without its fault there would be nothing to talk to. */
  noTwin?: boolean;
  /** No twin or near miss: for variants of a fault that has them. */
  alone?: boolean;
  servers?(world: W): AnyServer[];
  /** What happened before in every kind of the case: all is up, and nothing is traced yet. */
  before?(world: W): Promise<void> | void;
  /** What happens in every kind while traced, before anything is sent. */
  first?(world: W): void;
  talks(world: W): Talk[];
  /** After the first talks are through. Where absent, packets may be told in any true words. */
  verdicts?(world: W, sent: readonly Sent[]): Verdict[];
  came?(world: W, sent: readonly Sent[]): Came[];
  /** Codes that the twin and the near miss may be given too, because they are true of them. */
  fine?: readonly CauseCode[];
  /** Ports or addresses of talks that are no part of the question. */
  ignore?(world: W): string[];
  /** That the fault truly happened; a talk that a verdict is about went unanswered where absent. */
  happened?(world: W, sent: readonly Sent[]): Promise<boolean> | boolean;
  /** That the twin is truly well; every talk was answered where absent. */
  well?(world: W, sent: readonly Sent[]): Promise<boolean> | boolean;
  /** Links that are meant to be dead must not be waited for. */
  deadLinks?: boolean;
  /** Talks follow each other instead of being sent at once. */
  inTurn?: boolean;
  /** That no answer follows the last packet is the proof: the trace goes on until that was told. */
  restsOnSilence?: boolean;
}

// deno-lint-ignore no-explicit-any
export type AnySpec = Spec<any>;

/** Keeps the world's type inside the specification and out of the list. */
export function fault<W extends World>(spec: Spec<W>): AnySpec {
  return spec;
}

export function dropped(
  at: readonly [node: string, device: string],
  codes: CauseCode | readonly CauseCode[],
  more: Partial<Verdict> = {},
): Verdict {
  return {
    outcomes: ["dropped"],
    at: [at],
    stages: ["drop"],
    codes: typeof codes === "string" ? [codes] : codes,
    remedy: true,
    ...more,
  };
}

export function delivered(more: Partial<Verdict> = {}): Verdict {
  return { outcomes: ["delivered"], codes: [], remedy: false, ...more };
}
