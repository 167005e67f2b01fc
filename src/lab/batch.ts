import { LasthopError } from "../event/error.ts";
import { run } from "./process.ts";

/** A tool that takes many lines at once. */
export type Tool = "ip" | "bridge" | "tc" | "sysctl" | "nft" | "iptables" | "ip6tables";

/** One line for one tool; `netns` is a name under /run/netns, and absent for a line about those. */
export interface Step {
  netns?: string;
  tool: Tool;
  line: string;
}

/** Groups of steps that share one process: neighbours for the same tool in the same namespace. */
export function group(steps: readonly Step[]): Step[][] {
  const groups: Step[][] = [];
  for (const step of steps) {
    const last = groups.at(-1);
    const before = last?.[0];
    if (last && before?.tool === step.tool && before.netns === step.netns) last.push(step);
    else groups.push([step]);
  }
  return groups;
}

/**
 * Runs steps in their order. Rejects with LasthopError `lab_build_failed` at the first that fails,
 * which the message names, and with `tool_missing` for a tool that is not installed.
 */
export async function runSteps(steps: readonly Step[]): Promise<void> {
  for (const batch of group(steps)) await runBatch(batch);
}

async function runBatch(batch: readonly Step[]): Promise<void> {
  const [first] = batch;
  if (first === undefined) return;
  const { tool, netns } = first;
  const lines = batch.map((step) => step.line);
  const input = tool === "sysctl" ? undefined : lines.join("\n") + "\n";
  const { exitCode, stderr, cut } = await run(commandOf(tool, netns, lines), { input });
  if (exitCode === 0) return;
  const said = cut ? "nothing before its time ran out" : `"${firstLine(stderr)}"`;
  const line = failedLine(batch, stderr);
  const where = netns === undefined ? "" : ` in "${netns}"`;
  throw new LasthopError(
    "lab_build_failed",
    `Cannot build the lab: "${tool} ${line}"${where} answered ${said}, must succeed`,
  );
}

function commandOf(tool: Tool, netns: string | undefined, lines: readonly string[]): string[] {
  const named = netns === undefined ? [] : ["-n", netns];
  if (tool === "ip" || tool === "bridge" || tool === "tc") return [tool, ...named, "-batch", "-"];
  return [...enter(netns), ...insideCommandOf(tool, lines)];
}

function insideCommandOf(tool: Tool, lines: readonly string[]): string[] {
  if (tool === "sysctl") return ["sysctl", "-q", "-w", ...lines];
  if (tool === "nft") return ["nft", "-f", "-"];
  return [`${tool}-restore`, "--noflush"];
}

/**
 * What goes before a command to run it in a namespace. It is nsenter, because `ip netns exec`
 * remounts /sys for every command and costs three times as much.
 */
export function enter(netns: string | undefined): string[] {
  return netns === undefined ? [] : ["nsenter", `--net=/run/netns/${netns}`];
}

/** The -batch tools say which line failed; for the others the whole text is the step. */
function failedLine(batch: readonly Step[], stderr: string): string {
  const number = /Command failed -:(\d+)/.exec(stderr)?.[1];
  const step = number === undefined ? undefined : batch[Number(number) - 1];
  return step?.line ?? batch.map((each) => each.line).join(" ").slice(0, 200);
}

function firstLine(text: string): string {
  return text.trim().split("\n")[0] ?? "";
}
