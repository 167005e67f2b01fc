import { familyOf } from "./address.ts";
import type { Namespace } from "./namespace.ts";
import type { Answer, Ask } from "./talk.ts";
import { talkCommand } from "./talk_command.ts";

/** What was sent, and how much of it was answered. */
export interface Exchange {
  /** For a person, for example "ping 10.132.2.46 from worker". */
  what: string;
  /** Requests: echo requests of a ping, else one. */
  sent: number;
  /** Requests that were answered. */
  answered: number;
  error?: string;
}

/** How to ping. */
export interface Ping {
  /** Echo requests; 3 where absent. */
  count?: number;
  /** Bytes of payload; 56 where absent. */
  size?: number;
  /** 200 where absent. */
  intervalMs?: number;
  /** How long the last reply may take; 1,000 where absent. */
  waitMs?: number;
  /** Further options of iputils ping, for example ["-M", "do"]. */
  options?: readonly string[];
  signal?: AbortSignal;
}

/** Sends echo requests (iputils ping) from a namespace, and waits for the replies. */
export async function ping(from: Namespace, to: string, options: Ping = {}): Promise<Exchange> {
  const { count = 3, size = 56, intervalMs = 200, waitMs = 1_000 } = options;
  const command = ["ping", `-${familyOf(to)}`, "-n", "-q", "-c", `${count}`, "-s", `${size}`];
  command.push("-i", `${intervalMs / 1_000}`, "-W", `${waitMs / 1_000}`);
  const { stdout, stderr } = await from.run([...command, ...options.options ?? [], to], {
    signal: options.signal,
    timeoutMs: count * intervalMs + waitMs + 3_000,
  });
  const counts = /(\d+) packets transmitted, (\d+) received/.exec(stdout);
  return {
    what: `ping ${to} from ${from.role}`,
    sent: Number(counts?.[1] ?? 0),
    answered: Number(counts?.[2] ?? 0),
    ...(stderr.trim() === "" ? {} : { error: stderr.trim().split("\n")[0] }),
  };
}

/** A Deno that starts beside much other work has needed 2 s, in an emulated machine ten. */
const startMsMax = 20_000;

/** One request over TCP or UDP from a namespace, and its answer. */
export async function ask(
  from: Namespace,
  options: Omit<Ask, "do">,
  signal?: AbortSignal,
): Promise<Answer> {
  const { stdout, cut } = await from.run(talkCommand({ do: "ask", ...options }), {
    signal,
    timeoutMs: options.timeoutMs + startMsMax,
  });
  if (stdout !== "") return JSON.parse(stdout);
  return { connected: false, error: cut ? "Cut" : "NothingSaid" };
}

/** A request as an exchange: answered means that the answer came back whole. */
export async function request(
  from: Namespace,
  options: Omit<Ask, "do">,
  signal?: AbortSignal,
): Promise<Exchange> {
  const answer = await ask(from, options, signal);
  return {
    what: `${options.protocol} ${options.address} port ${options.port} from ${from.role}`,
    sent: 1,
    answered: answer.answer ? 1 : 0,
    ...(answer.error === undefined ? {} : { error: answer.error }),
  };
}
