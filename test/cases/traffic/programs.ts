/** Programs that people see an incident with, in a namespace; what they said, on lines. */
import type { Namespace } from "../../../src/lab/namespace.ts";
import { familyOf } from "../../../src/lab/address.ts";
import { send } from "../../faults/traffic/talk.ts";

/** An address as a URL has it. */
export function inUrl(address: string): string {
  return familyOf(address) === 6 ? `[${address}]` : address;
}

/** What curl is asked for besides the address. */
export interface Curl {
  port: number;
  /** 3 where absent. */
  seconds?: number;
  path?: string;
  words?: readonly string[];
}

/** "curl: 200 12 bytes 0.1 s ADDRESS ERROR". */
export async function curl(from: Namespace, address: string, options: Curl): Promise<string> {
  const { port, seconds = 3, path = "/", words = [] } = options;
  const form = "curl: %{http_code} %{size_download} bytes %{time_total} s %{errormsg}\n";
  const { stdout } = await from.run([
    ...["curl", "-sS", "-m", `${seconds}`, "-o", "/dev/null", "-w", form, ...words],
    `http://${inUrl(address)}:${port}${path}`,
  ], { timeoutMs: (seconds + 4) * 1_000 });
  return `${stdout.trim()}\n`;
}

/** "dig: " and what dig prints, on one line. */
export async function dig(
  from: Namespace,
  server: string,
  words: readonly string[] = [],
): Promise<string> {
  const { stdout } = await from.run([
    ...["dig", "+noedns", "+time=1", "+tries=2", "+short", ...words],
    ...[`@${server}`, "web.example", "A"],
  ]);
  return `dig: ${stdout.replaceAll("\n", " ").trim()}\n`;
}

/** "ping: 3 of 3 WORDS". */
export async function ping(
  from: Namespace,
  address: string,
  options: { count?: number; size?: number; words?: readonly string[] } = {},
): Promise<string> {
  const { count = 3, size = 56, words = [] } = options;
  const { stdout, stderr } = await from.run([
    ...["ping", `-${familyOf(address)}`, "-n", "-q", "-i", "0.2", "-W", "1"],
    ...["-c", `${count}`, "-s", `${size}`, ...words, address],
  ]);
  const counts = /(\d+) packets transmitted, (\d+) received/.exec(stdout);
  return `ping: ${counts?.[2] ?? 0} of ${counts?.[1] ?? 0} ${size} bytes ${stderr.trim()}\n`;
}

/** A program that asks over one UDP socket, one question after another: "udp: 3 of 8 answered ERROR". */
export async function udp(
  from: Namespace,
  to: string,
  port: number,
  options: { count?: number; sourcePort?: number; size?: number } = {},
): Promise<string> {
  const { count = 4 } = options;
  // Half of the time is for waiting between questions.
  const timeoutMs = 2 * count * 300;
  const { answered, sent, error = "" } = await send({
    ...{ kind: "udp", from, to, port, timeoutMs },
    ...options,
    count,
  });
  return `udp: ${answered} of ${sent} answered ${error}\n`;
}
