import { execa, type Options } from "execa";
import { LasthopError } from "../event/error.ts";

/** What became of a process; `exitCode` is absent when a signal ended it. */
export interface Ran {
  exitCode?: number;
  stdout: string;
  stderr: string;
  /** We ended it: the caller's signal fired or the time ran out. */
  cut: boolean;
}

export interface RunOptions {
  input?: string;
  signal?: AbortSignal;
  timeoutMs?: number;
}

/** Nothing the lab runs takes longer; a hung tool must not hang the lab. */
const timeoutMsDefault = 10_000;

/** Runs a command to its end. Ends it with Deno.kill: execa's own kill loses its aim under Deno. */
export async function run(command: readonly string[], options: RunOptions = {}): Promise<Ran> {
  if (options.signal?.aborted) return { stdout: "", stderr: "", cut: true };
  const child = start(command, {
    reject: false,
    ...(options.input === undefined ? { stdin: "ignore" } : { input: options.input }),
  });
  let cut = false;
  const end = () => {
    cut = true;
    if (child.pid !== undefined) kill(child.pid);
  };
  const timer = setTimeout(end, options.timeoutMs ?? timeoutMsDefault);
  options.signal?.addEventListener("abort", end);
  try {
    const result = await child;
    if (result.code === "ENOENT") throw toolMissing(command[0]!);
    const text = (output: unknown) => typeof output === "string" ? output : "";
    return {
      exitCode: result.exitCode,
      stdout: text(result.stdout),
      stderr: text(result.stderr),
      cut,
    };
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener("abort", end);
  }
}

export function start<O extends Options>(command: readonly string[], options: O) {
  const [file, ...args] = command;
  return execa(file!, args, options);
}

/** Ends a process by its id; one that is gone already is fine. */
export function kill(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function toolMissing(file: string): LasthopError {
  return new LasthopError("tool_missing", `Cannot run "${file}": not found, must be installed`);
}
