/** What an HTTP contract test talks to, and ways of talking that `fetch` has not. */
import { equal } from "node:assert/strict";
import { createClient, IngestError } from "../../src/ingest/client/client.ts";
import type { LimitsOverride } from "../../src/ingest/limits.ts";

export interface Target {
  url: string;
  rootToken: string;
  stop(): Promise<void>;
}

export interface TargetOptions {
  limits?: LimitsOverride;
  /** A report in place of the real one: `tally`, the default, or with 60 KB for each flow. */
  analysis?: "tally" | "tally-large" | "real";
  allowLoopbackWithoutToken?: boolean;
  allowOrigins?: string[];
}

export type StartTarget = (options: TargetOptions) => Promise<Target>;

/** Generous enough that only tests of limits meet them. */
export const TEST_LIMITS: LimitsOverride = {
  requestsPerSecond: 100_000,
  requestsBurst: 100_000,
  recomputeMinMs: 5,
  heartbeatMs: 50,
};

export const clientOf = ({ url, rootToken }: Target, token = rootToken) =>
  createClient({ url, token });

/** A request with the root token, whatever its answer is. */
export function ask(
  { url, rootToken }: Target,
  method: string,
  path: string,
  init: RequestInit = {},
): Promise<Response> {
  const headers = new Headers(init.headers);
  if (!headers.has("authorization")) headers.set("authorization", `Bearer ${rootToken}`);
  return fetch(`${url}${path}`, { ...init, method, headers });
}

export const postLines = (
  target: Target,
  incident: string,
  body: BodyInit,
  headers: Record<string, string> = {},
) => ask(target, "POST", `/v1/incidents/${incident}/batches`, { body, headers });

/** Reads a problem and holds it to its contract. */
export async function problem(
  response: Response,
  status: number,
  code: string,
): Promise<Record<string, unknown>> {
  const text = await response.text();
  equal(response.status, status, text);
  equal(response.headers.get("content-type"), "application/problem+json");
  const body = JSON.parse(text);
  equal(body.code, code);
  equal(body.status, status);
  return body;
}

/** The error of a call that must be refused. */
export async function refusal(promise: Promise<unknown>): Promise<IngestError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof IngestError) return error;
    throw error;
  }
  throw new Error("Expected a refusal, but the call succeeded");
}

export async function gzip(data: string | Uint8Array<ArrayBuffer>) {
  const stream = new Blob([data]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

export async function gunzip(data: Uint8Array<ArrayBuffer>): Promise<string> {
  const stream = new Blob([data]).stream().pipeThrough(new DecompressionStream("gzip"));
  return await new Response(stream).text();
}

/** A connection with its request line and headers sent; the rest is the caller's. */
export async function rawRequest(
  { url, rootToken }: Target,
  request: string,
  headers: Record<string, string> = {},
): Promise<Deno.TcpConn> {
  const { hostname, port, host } = new URL(url);
  const connection = await Deno.connect({ hostname, port: Number(port) });
  const all = { host, authorization: `Bearer ${rootToken}`, ...headers };
  const lines = Object.entries(all).filter(([, v]) => v !== "").map(([n, v]) => `${n}: ${v}\r\n`);
  await writeAll(connection, `${request} HTTP/1.1\r\n${lines.join("")}\r\n`);
  return connection;
}

export async function writeAll(connection: Deno.Conn, text: string): Promise<void> {
  let bytes = new TextEncoder().encode(text);
  while (bytes.length > 0) bytes = bytes.subarray(await connection.write(bytes));
}

/** Everything until the peer closes, or until `enough`. */
export async function readText(
  connection: Deno.Conn,
  enough: (text: string) => boolean = () => false,
): Promise<string> {
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(65_536);
  let text = "";
  while (!enough(text)) {
    const count = await connection.read(buffer);
    if (count === null) break;
    text += decoder.decode(buffer.subarray(0, count), { stream: true });
  }
  return text;
}

/** A figure of /metrics. */
export async function figure(target: Target, name: string): Promise<number> {
  const text = await (await ask(target, "GET", "/metrics")).text();
  const line = text.split("\n").find((l) => l.startsWith(`lasthop_${name} `));
  return Number(line?.split(" ")[1]);
}

/** Asks again until a figure has a value; the suite's own time limit ends the asking. */
export async function untilFigure(target: Target, name: string, value: number): Promise<void> {
  for (let tries = 0; tries < 20_000; tries++) {
    if (await figure(target, name) === value) return;
  }
  equal(await figure(target, name), value, name);
}
