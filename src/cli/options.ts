/** What each command is told: flags as typed on the command line, already read and judged. */
import type { Outcome } from "../event/codes.ts";
import type { LimitsOverride } from "../ingest/limits.ts";

/** Several nodes on one kernel: each is a set of named network namespaces. */
export interface NodeSpec {
  name: string;
  netns: string[];
}

export interface ListenAddress {
  hostname: string;
  port: number;
  /** Nobody asked for this port: when it is busy, any free one will do. */
  anyPortIfBusy: boolean;
}

/** Where the ingest is and who asks. */
export interface Access {
  /** Origin and path without a trailing slash. */
  ingest: string;
  token?: string;
}

export interface CaptureOptions {
  /** The words of FILTER joined by spaces; "" for everything. */
  filter: string;
  /** Empty: one node, all namespaces. */
  nodes: NodeSpec[];
  /** Absent: until SIGINT or SIGTERM. */
  forSeconds?: number;
  readyFile?: string;
  json: boolean;
  archive?: string;
  /** Null: no page, no API. */
  listen: ListenAddress | null;
  failOn: Outcome[];
}

export type TraceOptions = CaptureOptions;

export interface ProbeOptions extends CaptureOptions, Access {
  incident: string;
  spool?: string;
  /** The node's name when `nodes` is empty; absent: the host's name. */
  name?: string;
}

export interface ServeOptions {
  listen: ListenAddress;
  data?: string;
  /** False only on loopback. */
  auth: boolean;
  token?: string;
  limits: LimitsOverride;
  /** Other sites whose pages may use the API. */
  allowOrigins: string[];
}

export interface WatchOptions extends Access {
  /** Absent: the newest. */
  incident?: string;
  json: boolean;
}

export type ReportOptions = WatchOptions;

export interface ListOptions extends Access {
  json: boolean;
}

export interface ArchiveOptions extends WatchOptions {
  /** "-" for stdout. */
  file: string;
}

export interface ReplayOptions {
  file: string;
  json: boolean;
  listen: ListenAddress | null;
}

export const LAB_ACTIONS = ["list", "up", "down", "run"] as const;
export type LabAction = typeof LAB_ACTIONS[number];

export interface LabOptions {
  action: LabAction;
  /** Absent: every one (list, down, run). */
  incident?: string;
  /** The healthy twin: the same network with the fault repaired. */
  repaired: boolean;
  json: boolean;
  /** Leave the network standing after a run. */
  keep: boolean;
}

export interface DemoOptions {
  listen: ListenAddress;
  /** False: end after the tour instead of waiting for SIGINT. */
  wait: boolean;
}

export interface DoctorOptions {
  json: boolean;
}

export interface ExplainOptions {
  /** Absent: all of them. */
  code?: string;
}

export interface TestOptions {
  /** Test files, folders, or words of tests' names; empty: everything, after the static checks. */
  words: string[];
  /** Only what needs neither kernel, browser, workerd nor network. */
  quick: boolean;
  /** Only tests whose name holds this text, or matches it when written as /regular expression/. */
  filter?: string;
}
