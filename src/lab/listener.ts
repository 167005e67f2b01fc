import { LasthopError } from "../event/error.ts";
import { enter } from "./batch.ts";
import { kill, start } from "./process.ts";
import type { Listen } from "./talk.ts";
import { talkCommand } from "./talk_command.ts";

/** What to listen on, and what to answer. */
export type ListenOptions = Omit<Listen, "do">;

/** What ends the processes of a lab: its topology. */
export interface ProcessOwner {
  /** The lab stays up, its processes too, when this process ends. */
  readonly kept: boolean;
  /** A process that must not outlive the owner; `ended` resolves when it is gone. */
  own(pid: number, ended: Promise<unknown>): Promise<void>;
}

/** A server inside a namespace. It ends with its topology. */
export interface Listener {
  readonly pid: number;
  stop(): Promise<void>;
}

/** A Deno that starts beside much other work has needed 2 s. */
const readyMsMax = 20_000;

/**
 * Starts a server in a namespace (its name under /run/netns); resolves when it is bound. Rejects
 * with LasthopError `lab_listener_failed` when it can't be.
 */
export async function startListener(
  namespace: string,
  owner: ProcessOwner,
  options: ListenOptions,
): Promise<Listener> {
  const command = [...enter(namespace), ...talkCommand({ do: "listen", ...options })];
  // A listener dies with its parent even when that is killed, unless the lab is to be kept.
  const child = owner.kept
    ? start(["setsid", ...command], { ...quiet, stderr: "ignore", cleanup: false })
    : start(["setpriv", "--pdeathsig", "KILL", ...command], { ...quiet, stderr: "pipe" });
  // A child that can't even be started has no pid.
  if (child.pid === undefined) throw notBound(namespace, options, "it can't start");
  const { pid } = child;
  // Read from the start: execa throws away what nobody has begun to read by the next turn of the
  // event loop, and "ready" may come while the owner still writes down the process.
  const ready = saysReady(child.stdout ?? [], pid);
  let said = "";
  child.stderr?.on("data", (chunk) => said += said.length < 1_000 ? String(chunk) : "");
  await owner.own(pid, child);
  if (!await ready) {
    await child;
    throw notBound(namespace, options, said.trim().split("\n")[0] || "it is silent");
  }
  if (owner.kept) child.nodeChildProcess.unref();
  return {
    pid,
    async stop() {
      kill(pid);
      await child;
    },
  };
}

const quiet = { reject: false, buffer: false, stdin: "ignore", stdout: "pipe" } as const;

/** true on the line "ready"; false when it ended, or was ended for taking too long. */
async function saysReady(
  stdout: AsyncIterable<unknown> | Iterable<unknown>,
  pid: number,
): Promise<boolean> {
  const timer = setTimeout(() => kill(pid), readyMsMax);
  let said = "";
  try {
    for await (const chunk of stdout) {
      said += chunk instanceof Uint8Array ? new TextDecoder().decode(chunk) : String(chunk);
      if (said.startsWith("ready\n")) return true;
    }
    return false;
  } finally {
    clearTimeout(timer);
  }
}

function notBound(namespace: string, { protocol, port }: ListenOptions, why: string) {
  return new LasthopError(
    "lab_listener_failed",
    `Cannot listen on ${protocol} port ${port} in "${namespace}": ${why}, must be bound ` +
      `within ${readyMsMax} ms`,
  );
}
