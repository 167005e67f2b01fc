/** An ingest that answers as it is told, leaves and comes back: a real server of this process. */

export interface Reply {
  /** Default: 200. */
  status?: number;
  code?: string;
  retryAfter?: number;
  /** No problem+json: what a proxy in between says. */
  plain?: boolean;
  /** The connection breaks instead of an answer. */
  hangUp?: boolean;
  /** Lines that are refused in an answer of success. */
  refused?: { refusedTotal: number; refused: { line: number; reason: string }[] };
}

export interface Received {
  method: string;
  path: string;
  encoding: string | null;
}

const ACCEPTED = { accepted: 1, duplicates: 0, events: 1, states: 0, refused: [], refusedTotal: 0 };

/** Answers with `replies` in their order, then with success. */
export function fakeIngest(replies: Reply[]) {
  const bodies: string[] = [];
  const requests: Received[] = [];
  let look = () => {};

  const handle = async (request: Request): Promise<Response> => {
    const reply = replies.shift() ?? {};
    const { pathname: path } = new URL(request.url);
    const encoding = request.headers.get("content-encoding");
    requests.push({ method: request.method, path, encoding });
    const text = await textOf(request, encoding);
    const { status = 200, code = "code", retryAfter, plain, hangUp, refused } = reply;
    if (hangUp) {
      return new Response(new ReadableStream({ start: (c) => c.error(new Error("cut")) }));
    }
    const headers = new Headers();
    if (retryAfter !== undefined) headers.set("retry-after", String(retryAfter));
    if (plain) return new Response("Bad gateway", { status, headers });
    if (status >= 400) {
      headers.set("content-type", "application/problem+json");
      return new Response(JSON.stringify({ code, detail: "Cannot: so, must" }), {
        status,
        headers,
      });
    }
    if (path.endsWith("/batches")) bodies.push(text);
    look();
    const accepted = text.split("\n").filter((l) => l.startsWith('{"kind":"batch"')).length;
    return Response.json({ ...ACCEPTED, accepted, ...refused }, { status, headers });
  };

  let server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, handle);
  const { port } = server.addr;
  const batches = () => bodies.join("").split("\n").filter((l) => l.startsWith('{"kind":"batch"'));
  return {
    url: `http://127.0.0.1:${port}`,
    bodies,
    requests,
    leave: () => server.shutdown(),
    comeBack() {
      server = Deno.serve({ hostname: "127.0.0.1", port, onListen() {} }, handle);
      return Promise.resolve();
    },
    /** Resolves when so many batches were accepted. */
    received: (count: number) =>
      new Promise<void>((resolve) => {
        look = () => batches().length >= count && resolve();
        look();
      }),
    stop: () => server.shutdown(),
  };
}

async function textOf(request: Request, encoding: string | null): Promise<string> {
  if (encoding !== "gzip" || request.body === null) return await request.text();
  return await new Response(request.body.pipeThrough(new DecompressionStream("gzip"))).text();
}
