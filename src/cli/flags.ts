/** From the words and flags that commander read to the options of a command. */
import type { Outcome } from "../event/codes.ts";
import { parseFilter } from "../event/filter/mod.ts";
import { readLimits } from "../ingest/limit_words.ts";
import * as options from "./options.ts";
import { isLoopback, usageError } from "./read_value.ts";

interface ListenFlag {
  /** False after --no-listen, absent when nothing was said. */
  listen?: options.ListenAddress | false;
}

interface CaptureFlags extends ListenFlag {
  node?: options.NodeSpec[];
  for?: number;
  readyFile?: string;
  json?: boolean;
  archive?: string;
  failOn?: Outcome[];
}

type ProbeFlags = CaptureFlags & options.Access & {
  incident: string;
  spool?: string;
  name?: string;
};
type ServeFlags = {
  listen?: options.ListenAddress;
  data?: string;
  auth: boolean;
  token?: string;
  limit?: string[];
  allowOrigin?: string[];
};
type ReadFlags = options.Access & { incident?: string; json?: boolean };
type LabFlags = { repaired?: boolean; json?: boolean; keep?: boolean };

const usual: options.ListenAddress = { hostname: "127.0.0.1", port: 4680, anyPortIfBusy: true };

function listen(flag: ListenFlag["listen"]): options.ListenAddress | null {
  return flag === false ? null : flag ?? usual;
}

function capture(words: string[], flags: CaptureFlags): options.CaptureOptions {
  const filter = words.join(" ");
  // Here, before anything is begun with it.
  parseFilter(filter);
  return {
    filter,
    nodes: flags.node ?? [],
    forSeconds: flags.for,
    readyFile: flags.readyFile,
    json: flags.json ?? false,
    archive: flags.archive,
    listen: listen(flags.listen),
    failOn: flags.failOn ?? [],
  };
}

export function traceOptions(words: string[], flags: CaptureFlags): options.TraceOptions {
  return capture(words, flags);
}

/** The page is the ingest's, so a probe listens only when told to. */
export function probeOptions(words: string[], flags: ProbeFlags): options.ProbeOptions {
  const { ingest, incident, token, spool, name } = flags;
  if (name !== undefined && flags.node !== undefined) {
    throw usageError(
      "Cannot use --name with --node: each --node names itself, must be one of them",
    );
  }
  const own = capture(words, { ...flags, listen: flags.listen ?? false });
  return { ...own, ingest, incident, token, spool, name };
}

/** A service's port is known to its probes: when it is busy, that is an error. */
export function serveOptions(flags: ServeFlags): options.ServeOptions {
  const address = flags.listen ?? { ...usual, anyPortIfBusy: false };
  if (!flags.auth && !isLoopback(address)) {
    const at = `"${address.hostname}" can be reached by others`;
    throw usageError(`Cannot use --no-auth: ${at}, must be a loopback address`);
  }
  const { data, auth, token, limit = [], allowOrigin = [] } = flags;
  const limits = readLimits(limit);
  return { listen: address, data, auth, token, limits, allowOrigins: allowOrigin };
}

export function watchOptions(flags: ReadFlags): options.WatchOptions {
  const { ingest, token, incident } = flags;
  return { ingest, token, incident, json: flags.json ?? false };
}

export const reportOptions: (flags: ReadFlags) => options.ReportOptions = watchOptions;

export function listOptions({ ingest, token, json }: ReadFlags): options.ListOptions {
  return { ingest, token, json: json ?? false };
}

export function archiveOptions(file: string, flags: ReadFlags): options.ArchiveOptions {
  return { ...watchOptions(flags), file };
}

export function replayOptions(
  file: string,
  flags: ListenFlag & { json?: boolean },
): options.ReplayOptions {
  return { file, json: flags.json ?? false, listen: listen(flags.listen) };
}

export function labOptions(
  action: options.LabAction,
  incident: string | undefined,
  flags: LabFlags,
): options.LabOptions {
  if (action === "up" && incident === undefined) {
    throw usageError('Cannot bring a lab up: no INCIDENT given, must be one of "lasthop lab list"');
  }
  const { repaired = false, json = false, keep = false } = flags;
  return { action, incident, repaired, json, keep };
}

export function demoOptions(flags: ListenFlag & { wait: boolean }): options.DemoOptions {
  return { listen: listen(flags.listen) ?? usual, wait: flags.wait };
}

export function doctorOptions(flags: { json?: boolean }): options.DoctorOptions {
  return { json: flags.json ?? false };
}

export function explainOptions(code: string | undefined): options.ExplainOptions {
  return { code };
}

export function testOptions(
  words: string[],
  flags: { filter?: string; quick?: boolean },
): options.TestOptions {
  return { words, quick: flags.quick ?? false, filter: flags.filter };
}
