import { LasthopError } from "../event/error.ts";
import { enter } from "./batch.ts";
import type { Namespace } from "./namespace.ts";
import { kill, start } from "./process.ts";
import type { Listen } from "./talk.ts";
import { talkCommand } from "./talk_command.ts";

export type ListenOptions = Omit<Listen, "do">;

/** A server inside a namespace. It ends with its topology. */
export interface Listener {
  readonly pid: number;
  stop(): Promise<void>;
}

const readyMsMax = 5_000;
/** A start that hangs (seen once in some hundred, on a busy machine) is given up and tried anew. */
const triesMax = 3;

export async function startListener(
  namespace: Namespace,
  options: ListenOptions,
): Promise<Listener> {
  for (let tries = 1;; tries++) {
    const begun = performance.now();
    try {
      return await tryListener(namespace, options);
    } catch (error) {
      if (tries >= triesMax || performance.now() - begun < readyMsMax) throw error;
    }
  }
}

async function tryListener(namespace: Namespace, options: ListenOptions): Promise<Listener> {
  const { topology } = namespace;
  const command = [...enter(namespace.name), ...talkCommand({ do: "listen", ...options })];
  // A listener dies with its parent even when that is killed, unless the lab is to be kept.
  const child = topology.kept
    ? start(["setsid", ...command], { ...quiet, stderr: "ignore", cleanup: false })
    : start(["setpriv", "--pdeathsig", "KILL", ...command], { ...quiet, stderr: "pipe" });
  // A child that can't even be started has no pid, and its reason in the result.
  if (child.pid === undefined) throw notBound(namespace, options, "it can't start");
  const { pid } = child;
  await topology.own(pid, child);
  let said = "";
  child.stderr?.on("data", (chunk) => said += said.length < 1_000 ? String(chunk) : "");
  if (!await saysReady(child.stdout!, pid)) {
    await child;
    throw notBound(namespace, options, said.trim().split("\n")[0] || "it is silent");
  }
  if (topology.kept) child.nodeChildProcess.unref();
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
async function saysReady(stdout: AsyncIterable<unknown>, pid: number): Promise<boolean> {
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

function notBound(namespace: Namespace, { protocol, port }: ListenOptions, why: string) {
  return new LasthopError(
    "lab_listener_failed",
    `Cannot listen on ${protocol} port ${port} in "${namespace.name}": ${why}, must be bound ` +
      `within ${readyMsMax} ms`,
  );
}
