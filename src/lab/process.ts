import { execa, type Options } from "execa";
import { LasthopError } from "../event/error.ts";

/** What became of a process; `exitCode` is absent when a signal ended it. */
export interface RunResult {
  exitCode?: number;
  stdout: string;
  stderr: string;
  /** It was ended from here: the caller's signal fired or the time ran out. */
  cut: boolean;
}

/** What a command gets, and when it is ended. */
export interface RunOptions {
  /** Text for its stdin; it has none where absent. */
  input?: string;
  signal?: AbortSignal;
  /** 10,000 where absent. */
  timeoutMs?: number;
}

/** Nothing the lab runs takes longer; a hung tool must not hang the lab. */
const timeoutMsDefault = 10_000;

/**
 * Runs a command to its end. Ends it with Deno.kill, because execa's own kill may miss the process
 * under Deno. Throws LasthopError `tool_missing` when the command is not installed; a command that
 * fails is a result like others.
 */
export async function run(
  command: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
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
    if (result.code === "ENOENT") throw toolMissing(command[0] ?? "");
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

/** Starts a command. The child has no `pid` when it could not be started. */
export function start<O extends Options>(command: readonly string[], options: O) {
  const [file = "", ...args] = command;
  return execa(file, args, options);
}

/** Kills a process by its id; throws only when that is not allowed, not when it is gone already. */
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
