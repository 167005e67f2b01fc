/** The options that `trace` and `probe` have in common: how each is declared, read and typed. */
import { type Command, Option } from "commander";
import { type Outcome, OUTCOMES } from "../../event/codes.ts";
import { parseFilter } from "../../event/filter/mod.ts";
import type { NodeWords } from "../../probe/session/mod.ts";
import { jsonOption, type ListenFlag, listenOption, readListenFlag } from "../options.ts";
import * as read from "../read_value.ts";

/** The options of a capture, as parsed from the command line. */
export interface CaptureOptions {
  /** The words of FILTER joined by spaces; "" for everything. */
  filter: string;
  /** Several nodes on one kernel, each a set of network namespaces. Empty: one node, all of them. */
  nodes: NodeWords[];
  /** Absent: until SIGINT or SIGTERM. */
  forSeconds?: number;
  readyFile?: string;
  json: boolean;
  archive?: string;
  /** Null: no page, no API. */
  listen: read.ListenAddress | null;
  failOn: Outcome[];
}

/** Commander's values of the options that `capturing` declares. */
export interface CaptureFlags extends ListenFlag {
  node?: NodeWords[];
  /** Seconds. */
  for?: number;
  readyFile?: string;
  json?: boolean;
  archive?: string;
  failOn?: Outcome[];
}

/** Declares the options; scripts rely on all of them. `usualListen` is for the help. */
export function capturing(command: Command, usualListen: string): Command {
  return command
    .argument("[FILTER...]", "which packets, in pcap-filter words (default: all of them)")
    .addOption(
      new Option("--node <name=netns,...>", "a node made of network namespaces; repeatable")
        .argParser(read.readNode),
    )
    .addOption(
      new Option("--for <seconds>", "how long (default: until SIGINT)").argParser(read.readSeconds),
    )
    .option("--ready-file <path>", "created when everything is attached")
    .addOption(jsonOption())
    .option("--archive <file>", "keep everything seen in one file")
    .addOption(listenOption(usualListen))
    .option("--no-listen", "no page and no API")
    .addOption(
      new Option("--fail-on <outcomes>", `exit 4 on a flow with one of ${OUTCOMES.join(",")}`)
        .argParser(read.readOutcomes),
    );
}

/** Throws LasthopError `filter_malformed` for a filter that cannot be read: before anything begins. */
export function readCapture(words: string[], flags: CaptureFlags): CaptureOptions {
  const filter = words.join(" ");
  parseFilter(filter);
  return {
    filter,
    nodes: flags.node ?? [],
    forSeconds: flags.for,
    readyFile: flags.readyFile,
    json: flags.json ?? false,
    archive: flags.archive,
    listen: readListenFlag(flags),
    failOn: flags.failOn ?? [],
  };
}
