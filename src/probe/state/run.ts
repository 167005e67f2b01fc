/** Runs the reading script inside one network namespace. */
import { execa } from "execa";
import type { Askable } from "./modules.ts";
import { SCRIPT } from "./script.ts";
import { type Section, splitSections } from "./sections.ts";

/** Bytes of one tool's output that are read: 20,000 routes are 3 MB. */
const SECTION_BYTES_MAX = 16 * 1024 * 1024;

/**
 * `timeout` gives the tree a process group of its own and kills all of it: a hanging tool does not
 * outlive the limit, and what came before it is kept.
 */
export async function readSections(
  path: string,
  askable: readonly Askable[],
  timeoutMs: number,
): Promise<{ sections: Map<string, Section>; timedOut: boolean; failure?: string }> {
  const mark = `lasthop-${crypto.randomUUID()}`;
  const child = execa("timeout", [
    ...["--signal", "KILL", String(timeoutMs / 1000)],
    ...["nsenter", `--net=${path}`, "sh", "-c", SCRIPT, "sh"],
    ...[mark, String(SECTION_BYTES_MAX), ...askable],
  ], { stdin: "ignore", reject: false, maxBuffer: 512 * 1024 * 1024, stripFinalNewline: false });
  const result = await child;
  const sections = splitSections(mark, result.stdout ?? "", result.stderr ?? "");
  const timedOut = result.exitCode === 137 || result.signal === "SIGKILL";
  if (sections.size > 0) return { sections, timedOut };
  const why = (result.stderr ?? "").trim() || result.shortMessage || "no output";
  return { sections, timedOut, failure: why };
}
