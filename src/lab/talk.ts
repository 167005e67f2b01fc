/**
 * The lab's client and server, one per process, run inside a namespace. What to do comes as JSON in
 * the first argument; what happened goes to stdout as lines. It imports nothing, to start fast.
 */

/** What one process does. */
export type Talk = Listen | Ask;

/** Says "ready" once bound; answers every request with one line. */
export interface Listen {
  do: "listen";
  protocol: "tcp" | "udp";
  /** "0.0.0.0" where absent; "::" for IPv6. */
  address?: string;
  port: number;
  answer: string;
  /** Bound, but never takes what arrives: queues fill up. */
  idle?: boolean;
}

/** Sends one request and waits for its answer; says an `Answer` as JSON. */
export interface Ask {
  do: "ask";
  protocol: "tcp" | "udp";
  address: string;
  port: number;
  request: string;
  timeoutMs: number;
}

/** What became of one request. */
export interface Answer {
  /** TCP: the handshake completed. UDP: the request was sent. */
  connected: boolean;
  answer?: string;
  /** Name of the error, for example "ConnectionRefused"; "TimedOut" when nothing came. */
  error?: string;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Interval of a timer that does nothing: it keeps a listener alive that never waits for anyone. */
const idleMs = 3_600_000;

async function listen({ protocol, address: hostname = "0.0.0.0", port, answer, idle }: Listen) {
  const reply = encoder.encode(answer);
  if (idle) setInterval(() => {}, idleMs);
  if (protocol === "udp") {
    const socket = Deno.listenDatagram({ transport: "udp", hostname, port });
    console.log("ready");
    if (idle) return;
    for await (const [, from] of socket) await socket.send(reply, from);
    return;
  }
  const listener = Deno.listen({ hostname, port });
  console.log("ready");
  if (idle) return;
  for await (const connection of listener) void serve(connection, reply);
}

async function serve(connection: Deno.Conn, reply: Uint8Array): Promise<void> {
  try {
    const size = await connection.read(new Uint8Array(65_536));
    if (size !== null) await connection.write(reply);
  } catch {
    // The client went away before it was answered.
  } finally {
    connection.close();
  }
}

async function ask(talk: Ask): Promise<void> {
  const outcome: Answer = { connected: false };
  const end = (error?: string) => {
    if (error !== undefined) outcome.error = error;
    console.log(JSON.stringify(outcome));
    Deno.exit(0);
  };
  setTimeout(() => end("TimedOut"), talk.timeoutMs);
  try {
    outcome.answer = await (talk.protocol === "udp" ? askUdp : askTcp)(talk, outcome);
    end();
  } catch (error) {
    end(error instanceof Error ? error.name : String(error));
  }
}

async function askTcp({ address: hostname, port, request }: Ask, outcome: Answer): Promise<string> {
  const connection = await Deno.connect({ hostname, port });
  outcome.connected = true;
  await connection.write(encoder.encode(request));
  const reply = await new Response(connection.readable).bytes();
  return decoder.decode(reply);
}

async function askUdp({ address, port, request }: Ask, outcome: Answer): Promise<string> {
  const hostname = address.includes(":") ? "::" : "0.0.0.0";
  const socket = Deno.listenDatagram({ transport: "udp", hostname, port: 0 });
  await socket.send(encoder.encode(request), { transport: "udp", hostname: address, port });
  outcome.connected = true;
  const [reply] = await socket.receive();
  return decoder.decode(reply);
}

if (import.meta.main) {
  const [task = ""] = Deno.args;
  const talk: Talk = JSON.parse(task);
  await (talk.do === "listen" ? listen(talk) : ask(talk));
}
