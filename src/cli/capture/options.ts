/** The options that `trace` and `probe` have in common: how each is declared, read and typed. */
import { type Command, Option } from "commander";
import { ALL_OUTCOMES, type ExchangeOutcome, type Outcome } from "../../event/codes.ts";
import { parseNamedFilter } from "../../event/filter/mod.ts";
import type { NodeWords } from "../../probe/session/mod.ts";
import { COUNTERS_MAX } from "../../event/counters_max.ts";
import { EVENTS_PER_PERCENT } from "../../probe/run/budget.ts";
import { COUNTERS_PER_PERCENT } from "../../probe/run/counting.ts";
import { DEFAULT_SHARE, readShare, type Share } from "../../probe/run/share.ts";
import type { AccessWords } from "../../kube/access.ts";
import { type KubeFlags, kubeOptions, readKube } from "../kube_options.ts";
import { jsonOption, type ListenFlag, listenOption, readListenFlag } from "../options.ts";
import { ownNamespaces, withNetns } from "./namespace_words.ts";
import * as read from "../read_value.ts";

const MIB = 1024 * 1024;

/** The options of a capture, as parsed from the command line. */
export interface CaptureOptions {
  /** The words of FILTER joined by spaces; "" for everything. */
  filter: string;
  /** Several nodes on one kernel, each a set of network namespaces. Empty: one node, all of them. */
  nodes: NodeWords[];
  /** The one node shares its kernel, as one of kind does. */
  sharesKernel?: boolean;
  /** Absent: until SIGINT or SIGTERM. */
  forSeconds?: number;
  readyFile?: string;
  json: boolean;
  /** The report has every hop and all evidence. */
  isFull?: boolean;
  /** The file that was named. */
  archive?: string;
  /** What is seen is kept in the user's state folder, unless `archive` names a file. */
  keeps: boolean;
  /** Null: no page, no API. */
  listen: read.ListenAddress | null;
  /** Of flows and of exchanges. */
  failOn: (Outcome | ExchangeOutcome)[];
  /** The most that bpftrace may take; the default where absent. */
  share?: Share;
  /** A file with the types of this kernel, which has none. */
  btf?: string;
  /** The cluster whose API is asked for names; absent: none. */
  kube?: AccessWords;
  /** Only what dies is told, with its way. */
  recorder?: boolean;
  /** Scripts that cost each packet something and tell of few are attached, too. */
  deep?: boolean;
}

/** Commander's values of the options that `capturing` declares. */
export interface CaptureFlags extends ListenFlag, KubeFlags {
  filter?: string;
  node?: NodeWords[];
  /** Seconds. */
  for?: number;
  readyFile?: string;
  json?: boolean;
  full?: boolean;
  /** False after --no-archive. */
  archive?: string | false;
  failOn?: (Outcome | ExchangeOutcome)[];
  namespace?: string;
  btf?: string;
  allNamespaces?: boolean;
  /** Percent of one processor. */
  cpuShare?: number;
  firstPackets?: number;
  /** MiB. */
  memoryLimit?: number;
  /** Events a second. */
  eventsPerSecond?: number;
  /** Packet counters; 0: none. */
  counters?: number;
  deep?: boolean;
}

/** Declares the options; scripts rely on all of them. `usualListen` and `usualFilter` are for the help. */
export function capturing(
  command: Command,
  usualListen: string,
  usualFilter = "all of them",
): Command {
  return kubeOptions(command)
    .argument("[FILTER...]", `which packets, in pcap-filter words (default: ${usualFilter})`)
    .option("--filter <filter>", "the same as FILTER, in one word")
    .option("-n, --namespace <name>", "of pods that FILTER names; without any, of all of its pods")
    .option("-A, --all-namespaces", "pods that FILTER names may be in any (the default)")
    .addOption(
      new Option("--node <name=netns,...>", "a node made of network namespaces; repeatable")
        .argParser(read.readNode),
    )
    .addOption(
      new Option("--for <time>", "how long, in seconds or like 30s, 5m (default: until SIGINT)")
        .argParser((text) => read.readSeconds(text)),
    )
    .option("--ready-file <path>", "created when everything is attached")
    .addOption(jsonOption())
    .option(
      "--archive <file>",
      "keep everything seen in this file (default: one that replay finds)",
    )
    .option("--no-archive", "keep no archive")
    .addOption(listenOption(usualListen))
    .option("--no-listen", "no page and no API")
    .addOption(
      new Option(
        "--cpu-share <percent>",
        "of one processor that bpftrace, and readers of state, may take (default: 20)",
      )
        .argParser((text) => readShare("--cpu-share", text, 10_000, 1)),
    )
    .addOption(
      new Option(
        "--memory-limit <MiB>",
        "memory that bpftrace, and each reader of state, may take (default: 256)",
      )
        .argParser((text) => readShare("--memory-limit", text, 65_536, 64)),
    )
    .addOption(
      new Option(
        "--events-per-second <n>",
        "that are told for long, and more in a burst; of more, those of some packets (default: " +
          `${EVENTS_PER_PERCENT.toLocaleString("en")} for each percent of --cpu-share)`,
      )
        .argParser((text) => readShare("--events-per-second", text, 10_000_000, 100)),
    )
    .addOption(
      new Option(
        "--first-packets <n>",
        "of each flow that are told at each place in a second, however many there are (default: 8; " +
          "of a recorder one in 8 seconds)",
      )
        .argParser((text) => readShare("--first-packets", text, 64, 0.1)),
    )
    .option("--deep", "attach also what costs each packet something and tells of few")
    .option("--btf <file>", "types of this kernel, where it has no /sys/kernel/btf")
    .addOption(
      new Option(
        "--fail-on <outcomes>",
        `exit 4 on a flow or an exchange with one of ${ALL_OUTCOMES.join(",")}`,
      ).argParser(read.readOutcomes),
    );
}

/** How many counters packets have; the recorder counts none. */
export const countersOption = () =>
  new Option(
    "--counters <n>",
    "of packets by flow and place, each second, or 0 for none (default: " +
      `${COUNTERS_PER_PERCENT} for each percent of --cpu-share)`,
  ).argParser((text) => readShare("--counters", text, COUNTERS_MAX, 0));

/**
 * Throws LasthopError `filter_malformed` for a filter that cannot be read: before anything begins; and
 * `usage` for two filters.
 */
export function readCapture(words: string[], flags: CaptureFlags): CaptureOptions {
  if (words.length > 0 && flags.filter !== undefined) {
    throw read.usageError(
      "Cannot use --filter with FILTER: each is the filter, must be one of them",
    );
  }
  if (flags.namespace !== undefined && flags.allNamespaces) {
    throw read.usageError("Cannot use -n with -A: pods are of one namespace or of any");
  }
  const asked = withNetns(flags.filter ?? words.join(" "), ownNamespaces);
  const filter = flags.namespace === undefined ? asked : `-n ${flags.namespace} ${asked}`.trim();
  parseNamedFilter(filter);
  return {
    filter,
    nodes: flags.node ?? [],
    forSeconds: flags.for,
    readyFile: flags.readyFile,
    json: flags.json ?? false,
    isFull: flags.full ?? false,
    archive: flags.archive === false ? undefined : flags.archive,
    keeps: flags.archive !== false,
    listen: readListenFlag(flags),
    failOn: flags.failOn ?? [],
    btf: flags.btf,
    deep: flags.deep ?? false,
    kube: readKube(flags),
    share: {
      cpuPercent: flags.cpuShare ?? DEFAULT_SHARE.cpuPercent,
      memoryBytes: (flags.memoryLimit ?? DEFAULT_SHARE.memoryBytes / MIB) * MIB,
      ...(flags.eventsPerSecond === undefined ? {} : { eventsPerSecond: flags.eventsPerSecond }),
      ...(flags.firstPackets === undefined ? {} : { firstsPerSecond: flags.firstPackets }),
      ...(flags.counters === undefined ? {} : { counters: flags.counters }),
    },
  };
}
