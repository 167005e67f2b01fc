import { equal, notEqual } from "node:assert/strict";
import { apart } from "./apart.ts";

/** Group and session of a process, of `/proc/PID/stat`. */
function groupOf(pid: number): { group: number; session: number } {
  const [, group, session] = Deno.readTextFileSync(`/proc/${pid}/stat`).replace(/^.*\) \S /s, "")
    .split(" ").map(Number);
  return { group: group!, session: session! };
}

Deno.test("cluster: what carries a trace is in no group that a terminal signals, and is the process that was started", async () => {
  const [file, ...args] = apart(["sh", "-c", "echo here; exec cat"]);
  const pipes = { stdin: "piped", stdout: "piped", stderr: "null" } as const;
  const child = new Deno.Command(file!, { args, ...pipes }).spawn();
  const reader = child.stdout.getReader();
  await reader.read();
  equal(groupOf(child.pid).group, child.pid);
  notEqual(groupOf(child.pid).session, groupOf(Deno.pid).session);
  reader.releaseLock();
  await Promise.all([child.stdin.close(), child.stdout.cancel(), child.status]);
});
