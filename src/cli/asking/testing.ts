/** For tests of commands: the real command line in a process of its own, and an ingest to ask. */
import { type Ingest, startIngest } from "../../ingest/mod.ts";
import { body, dropLine, hopLine } from "../../../test/contract/lines.ts";

const MAIN = new URL("../main.ts", import.meta.url).pathname;
const CONFIG = new URL("../../../deno.json", import.meta.url).pathname;

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

/** No ANSI, no terminal, UTF-8, 80 columns, and no token from whoever runs the tests. */
const ENVIRONMENT = { LANG: "C.UTF-8", LC_ALL: "C.UTF-8", COLUMNS: "80", LASTHOP_TOKEN: "" };

export function command(args: readonly string[], env: Record<string, string> = {}): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--cached-only", "--config", CONFIG, MAIN, ...args],
    env: { ...ENVIRONMENT, ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

export async function lasthop(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Ran> {
  const { code, stdout, stderr } = await command(args, env).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

export async function withIngest(
  use: (ingest: Ingest) => Promise<void>,
  rootToken?: string,
): Promise<void> {
  const ingest = await startIngest({
    listen: { hostname: "127.0.0.1", port: 0 },
    rootToken,
    allowLoopbackWithoutToken: rootToken === undefined,
    log: () => {},
  });
  try {
    await use(ingest);
  } finally {
    await ingest.stop();
  }
}

/** A batch in which a packet from 10.0.0.`host` came in and was dropped. */
export const droppedPacket = (incident: string, sequence: number, host = 1): string =>
  body(
    { incident, sequence, untilNs: `${9_000_000_000 + sequence}` },
    hopLine(1_000_000 + host, host),
    dropLine(1_500_000 + host, host),
  );
