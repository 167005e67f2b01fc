/** Pages of other sites that may use the API, named one by one. Without a list there is no CORS. */
import type { MiddlewareHandler } from "hono";
import { cors } from "hono/cors";
import type { Env } from "../deps.ts";

/** Lets pages of these origins (`https://HOST[:PORT]`) read what the API answers them. */
export function crossOrigin(allowed: readonly string[]): MiddlewareHandler<Env> {
  return cors({
    origin: (origin) => allowed.includes(origin) ? origin : null,
    allowMethods: ["GET", "POST", "DELETE"],
    allowHeaders: ["authorization", "content-type", "content-encoding", "last-event-id"],
    exposeHeaders: ["retry-after", "location"],
    maxAge: 600,
  });
}
