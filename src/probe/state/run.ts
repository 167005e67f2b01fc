/** Runs the reading script inside one network namespace. */
import { execa } from "execa";
import { LasthopError } from "../../event/error.ts";
import { CONNECTION_BYTES_MAX } from "./connections.ts";
import type { Keepable } from "./kept.ts";
import type { Askable } from "./modules.ts";
import { asOwnTool } from "./own_tools.ts";
import { SCRIPT } from "./script.ts";
import { type Section, splitSections } from "./sections.ts";

/** Bytes read of one tool's output (20,000 routes are 3 MB), and of all of them. */
const SECTION_BYTES_MAX = 8 * 1024 * 1024;
/** The same of what lists rules: 33,000 of iptables are 13.6 MB in nft's JSON. */
const RULES_BYTES_MAX = 40 * 1024 * 1024;
const BYTES_MAX = 96 * 1024 * 1024;
/** Of all tools together, where none is bounded by itself. */
const TOGETHER_BYTES_MAX = SECTION_BYTES_MAX;

/** Namespaces, by path, of which tools printed more than that: their tools are bounded one by one. */
const long = new Set<string>();
/** So many are remembered; then it is found out again. */
const LONG_MAX = 10_000;
/** 0 is no limit to `timeout`. */
const TIME_LEFT_MIN_MS = 1;

/** What the tools may take, and which connections they print. */
export interface SectionOptions {
  timeoutMs: number;
  words: readonly string[];
  /** Bytes of memory that each of the tools may have for itself. */
  memoryBytes: number;
  /** Parts that need not be read. */
  without: readonly Keepable[];
  /** Tables of nft as it lists them; null: it is asked. */
  tables: readonly string[] | null;
}

/**
 * Sections that the tools printed in the namespace at `path`. `timeout` gives their processes a
 * group of its own and kills all of it: a hanging tool does not outlive `timeoutMs`, and what came
 * before it is kept. Of connections, those lines are printed that have one of the `words`; all,
 * when there are none. `vainMs`: milliseconds of tools that printed too much before they were bounded. Throws
 * LasthopError `netns_unreadable` when nothing came at all.
 */
export async function readSections(
  path: string,
  askable: readonly Askable[],
  options: SectionOptions,
): Promise<{ sections: Map<string, Section>; vainMs: number }> {
  const beganMs = performance.now();
  if (!long.has(path)) {
    const sections = await runScript(path, askable, options, false);
    if (sections !== null) return { sections, vainMs: 0 };
    if (long.size >= LONG_MAX) long.clear();
    long.add(path);
  }
  const vainMs = performance.now() - beganMs;
  const timeoutMs = Math.max(TIME_LEFT_MIN_MS, options.timeoutMs - vainMs);
  const sections = await runScript(path, askable, { ...options, timeoutMs }, true);
  return { sections: sections!, vainMs };
}

/** Null where tools that are not bounded one by one printed too much together. */
async function runScript(
  path: string,
  askable: readonly Askable[],
  { timeoutMs, words, memoryBytes, without, tables }: SectionOptions,
  isBounded: boolean,
): Promise<Map<string, Section> | null> {
  const mark = `lasthop-${crypto.randomUUID()}`;
  const child = execa("timeout", [
    ...["--signal", "KILL", String(timeoutMs / 1000)],
    ...["nsenter", `--net=${path}`, "sh", "-c", SCRIPT, "sh"],
    ...[String(SECTION_BYTES_MAX), String(RULES_BYTES_MAX)],
    ...[String(CONNECTION_BYTES_MAX), String(Math.floor(memoryBytes / 1024))],
    ...[...askable, ...without.map((part) => `without-${part}`)],
    ...(tables === null ? [] : ["tables"]),
    ...(isBounded ? ["bounded"] : []),
  ], {
    env: {
      LASTHOP_MARK: mark,
      LASTHOP_WORDS: words.join("\n"),
      LASTHOP_TABLES: tables?.join("\n") ?? "",
    },
    stdin: "ignore",
    // execa's own cleanup raises a signal a second time under Deno.
    cleanup: false,
    reject: false,
    maxBuffer: isBounded ? BYTES_MAX : TOGETHER_BYTES_MAX,
    stripFinalNewline: false,
  });
  const result = await asOwnTool(child);
  if (result.isMaxBuffer && !isBounded) return null;
  const sections = splitSections(mark, result.stdout ?? "", result.stderr ?? "");
  if (sections.size > 0) return sections;
  const why = (result.stderr ?? "").trim() || result.shortMessage || "no output";
  throw new LasthopError(
    "netns_unreadable",
    `Cannot read network namespace "${path}": ${why}; it must exist, and this needs root`,
  );
}
