/** Runs one program of the suite, its output kept; a signal to the suite reaches it. */
import { LasthopError } from "../../src/event/error.ts";

export interface ChildResult {
  ok: boolean;
  seconds: number;
  output: string;
}

let current: Deno.ChildProcess | undefined;
let stopped: LasthopError | undefined;

/** Without this, a stopped suite would leave a running test behind. */
export function passSignalsOn(): void {
  for (const [signal, exitCode] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
    Deno.addSignalListener(signal, () => {
      stopped = new LasthopError("stopped", `Cannot finish the tests: ${signal} came`, exitCode);
      stop("SIGTERM");
    });
  }
}

export async function runDeno(
  args: string[],
  cwd: string,
  secondsMax: number,
): Promise<ChildResult> {
  const begin = performance.now();
  const command = new Deno.Command(Deno.execPath(), {
    args,
    cwd,
    env: { NO_COLOR: "1", RUST_BACKTRACE: "0" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
  current = command.spawn();
  const late = setTimeout(() => stop("SIGTERM"), secondsMax * 1000);
  const dead = setTimeout(() => stop("SIGKILL"), (secondsMax + 10) * 1000);
  const { success, signal, stdout, stderr } = await current.output();
  clearTimeout(late);
  clearTimeout(dead);
  current = undefined;
  if (stopped !== undefined) throw stopped;
  const seconds = (performance.now() - begin) / 1000;
  const ended = signal === null ? "" : `\nended by ${signal} after ${seconds.toFixed(1)} s`;
  return { ok: success, seconds, output: text(stdout) + text(stderr) + ended };
}

function stop(signal: Deno.Signal): void {
  try {
    current?.kill(signal);
  } catch {
    // It has ended by itself.
  }
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
