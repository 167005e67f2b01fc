/**
 * A relay: an ingest as far as the probes of a rack can tell, behind which the real one gets few large
 * bodies instead of many small ones. It has no token of its own. Each probe is who it is by its own,
 * which goes with its batches.
 */
import { systemClock } from "../ingest/clock.ts";
import { encodingOf, readText } from "../ingest/http/body.ts";
import { BodySlots } from "../ingest/http/body_slots.ts";
import { Problem, problemResponse } from "../ingest/http/problem.ts";
import { INCIDENT_ID } from "../ingest/access/named_incident.ts";
import { Spool } from "../probe/ship/spool.ts";
import { Forwarder } from "./forwarder.ts";
import { type Answered, Away, Upstream } from "./upstream.ts";

/** Where a relay listens, where it sends and where it keeps. */
export interface RelayOptions {
  /** The ingest's URL, without a slash at its end. */
  ingest: string;
  listen: { hostname: string; port: number };
  /** Folder of the spool. It holds tokens, and is its owner's alone. */
  spool: string;
  /** Bytes on disk of what waits. */
  spoolBytesMax: number;
  onNotice(text: string): void;
}

/** A relay that was started. */
export interface Relay {
  url: string;
  /** Ends it; what is kept waits for the next start. */
  stop(): Promise<void>;
}

const BATCHES_PATH = /^\/v1\/incidents\/([^/]+)\/(?:batches|state)$/;
/** Requests that go to the ingest as they are: a node joins, or names the incident first. */
const PASSED = new Set(["/v1/join", "/v1/incidents"]);
/** What a probe asks the ingest for before it begins. */
const ASKED_PATH = /^\/v1\/incidents\/[A-Za-z0-9][A-Za-z0-9._-]{0,127}\/secret$/;

/** As of an ingest, and for bodies that go on to one. */
const LIMITS = {
  compressedBytesMax: 8 * 2 ** 20,
  bytesMax: 8 * 2 ** 20,
  idleMs: 15_000,
  totalMs: 120_000,
  bytesPerSecondMin: 1_000,
};

/** Starts one. Rejects as `Spool.open` does, and when the address can't be listened on. */
export async function startRelay(options: RelayOptions): Promise<Relay> {
  const { ingest, listen, onNotice, spoolBytesMax } = options;
  const spool = await Spool.open({
    directory: options.spool,
    // The forwarder takes nothing before this would be reached: what was acknowledged is not evicted.
    bytesMax: Infinity,
    onEvicted: () => {},
  });
  const ended = new AbortController();
  const upstream = new Upstream(ingest, ended.signal);
  const forwarder = new Forwarder({ upstream, spool, spoolBytesMax, onNotice });
  const slots = newSlots();
  const server = Deno.serve({ ...listen, onListen() {} }, async (request) => {
    try {
      return await answer(request, { forwarder, upstream, spool, slots });
    } catch (error) {
      if (error instanceof Problem) return problemResponse(error);
      if (error instanceof Away) {
        return problemResponse(new Problem(503, "relay_busy", error.message, RETRY));
      }
      onNotice(`failed: ${error instanceof Error ? error.stack : error}`);
      return problemResponse(new Problem(500, "internal", "Cannot relay: it failed inside"));
    }
  });
  const { hostname, port } = server.addr;
  return {
    url: `http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`,
    async stop() {
      ended.abort();
      // First: what comes after the spool was closed would open it again.
      await server.shutdown();
      await forwarder.close();
    },
  };
}

const RETRY = { headers: { "retry-after": "10" } };

/** Bodies that are read at once, of 8 MiB at most each, and of one token; others wait for their turn. */
const newSlots = () => new BodySlots(12, 4, "read", { waitMs: 10_000, waitingMax: 2_000 });

interface Relaying {
  slots: BodySlots;
  forwarder: Forwarder;
  upstream: Upstream;
  spool: Spool;
}

async function answer(request: Request, relaying: Relaying): Promise<Response> {
  const { forwarder, upstream, spool, slots } = relaying;
  const { pathname } = new URL(request.url);
  if (pathname === "/healthz") {
    const { counts, waitingChars } = forwarder;
    return Response.json({ ...counts, waitingChars, spoolBytes: spool.bytes });
  }
  const incident = BATCHES_PATH.exec(pathname)?.[1];
  const isAsked = request.method === "GET" && ASKED_PATH.test(pathname);
  const isPassed = isAsked || (request.method === "POST" && PASSED.has(pathname));
  if (!isPassed && (request.method !== "POST" || incident === undefined)) {
    const detail = "Cannot find it: a relay takes batches and codes, must be asked of the ingest";
    throw new Problem(404, "path_missing", detail);
  }
  const authorization = request.headers.get("authorization");
  const token = /^bearer +(\S+) *$/i.exec(authorization ?? "")?.[1];
  // Without one the ingest might take the relay itself for who asks.
  if (token === undefined) {
    const detail = "Cannot tell who asks: no Authorization header with a token, must be one";
    throw new Problem(401, "token_missing", detail, { headers: { "www-authenticate": "Bearer" } });
  }
  if (isAsked) {
    return responseOf(
      await upstream.ask(pathname, { headers: { authorization: `Bearer ${token}` } }),
    );
  }
  const text = await slots.hold(token, () => textOf(request));
  if (incident === undefined) {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    return responseOf(await upstream.ask(pathname, { method: "POST", headers, body: text }));
  }
  if (!INCIDENT_ID.test(incident)) {
    throw new Problem(404, "incident_missing", "Cannot find incident: its name is none");
  }
  const ended = text === "" || text.endsWith("\n") ? text : `${text}\n`;
  return responseOf(await forwarder.forward({ incident, token, text: ended }));
}

async function textOf(request: Request): Promise<string> {
  if (request.body === null) return "";
  const encoding = encodingOf(request.headers.get("content-encoding") ?? undefined);
  const pieces = readText(request.body, { limits: LIMITS, clock: systemClock, encoding });
  const text = (await Array.fromAsync(pieces)).join("");
  // One that names other senders inside its batches is refused: they would be taken for its own.
  if (/^\{"kind":"sender"/m.test(text)) {
    throw new Problem(
      422,
      "lines_refused",
      "Cannot relay batches: a line is a relay's, must be none",
    );
  }
  return text;
}

function responseOf({ status, body, retryAfterSeconds }: Answered): Response {
  const headers: Record<string, string> = {
    "content-type": status < 400 ? "application/json" : "application/problem+json",
  };
  if (retryAfterSeconds !== null) headers["retry-after"] = String(retryAfterSeconds);
  return new Response(JSON.stringify(body), { status, headers });
}
