/** The page and its files, with headers that let it run nothing but itself. */
import type { MiddlewareHandler } from "hono";
import type { Deps, Env } from "../deps.ts";

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** On every response: also an API answer may be opened in a browser. */
export const securityHeaders: MiddlewareHandler<Env> = async (c, next) => {
  await next();
  const { headers } = c.res;
  headers.set("content-security-policy", POLICY);
  headers.set("x-content-type-options", "nosniff");
  headers.set("referrer-policy", "no-referrer");
  headers.set("cross-origin-resource-policy", "same-origin");
  if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
};

const NO_PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><title>lasthop</title>
<h1>lasthop</h1><p>This ingest was started without its page. The API is at /v1/openapi.json.</p>
`;

/** The file at `path`, the page for the paths it handles itself, or null. */
export function asset({ webAssets }: Deps, path: string): Response | null {
  const isPage = path === "/" || /^\/incidents\/[^/]+$/.test(path);
  const found = webAssets?.get(isPage ? "/index.html" : path);
  if (found !== undefined) {
    const body = found.body as string | Uint8Array<ArrayBuffer>;
    return new Response(body, {
      headers: { "content-type": found.type, "cache-control": "no-cache" },
    });
  }
  if (!isPage) return null;
  return new Response(NO_PAGE, { headers: { "content-type": "text/html; charset=utf-8" } });
}
