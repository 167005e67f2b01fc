import { deepEqual, equal, ok } from "node:assert/strict";
import { bundleWeb } from "./bundle.ts";

/**
 * Of all that a page loads at once, of what it loads when the map is opened, and of the page of causes.
 * What keeps lists of 20,000 flows right by what changes is 6,000 of the first,
 * and 700 are what shows problems of one cause as one card. The page of causes grows with what is told.
 */
const GZIP_BYTES_MAX = { page: 75_000, "/layout.js": 20_000, "/causes.html": 24_000 };

async function gzipped(body: Uint8Array | string): Promise<number> {
  const stream = new Blob([body as BlobPart]).stream().pipeThrough(new CompressionStream("gzip"));
  return (await new Response(stream).arrayBuffer()).byteLength;
}

Deno.test("the bundle is small, asks nobody else for anything, and is the same when kept", async () => {
  const toolsDir = await Deno.makeTempDir({ prefix: "lasthop-web-" });
  try {
    const built = await bundleWeb({ toolsDir });
    deepEqual([...built.keys()], [
      ...["/index.html", "/app.js", "/layout.js", "/app.css", "/favicon.svg", "/causes.html"],
    ]);
    const bytes = { page: 0, "/layout.js": 0, "/causes.html": 0 };
    for (const [path, { body }] of built) {
      bytes[path === "/layout.js" || path === "/causes.html" ? path : "page"] += await gzipped(
        body,
      );
      const text = typeof body === "string" ? body : new TextDecoder().decode(body);
      const urls = text.match(/https?:\/\/[\w.]+/g) ?? [];
      // Names of XML vocabularies, which nobody fetches.
      deepEqual(urls.filter((url) => !url.startsWith("http://www.w3.org")), []);
      ok(!/\beval\(|new Function\(/.test(text), "the policy forbids eval");
    }
    for (const part of ["page", "/layout.js", "/causes.html"] as const) {
      ok(bytes[part] < GZIP_BYTES_MAX[part], `${part}: ${bytes[part]} bytes`);
    }
    const kept = await bundleWeb({ toolsDir });
    for (const [path, { body, type }] of built) {
      equal(kept.get(path)!.type, type);
      deepEqual(kept.get(path)!.body, body);
    }
    equal([...Deno.readDirSync(toolsDir)].length, 1);
  } finally {
    await Deno.remove(toolsDir, { recursive: true });
  }
});

Deno.test("a bundle of older sources is thrown away, a place that can't be written to is no error", async () => {
  const toolsDir = await Deno.makeTempDir({ prefix: "lasthop-web-" });
  try {
    await Deno.mkdir(`${toolsDir}/web-0123456789abcdef`);
    await bundleWeb({ toolsDir });
    const [entry, ...rest] = [...Deno.readDirSync(toolsDir)];
    equal(rest.length, 0);
    ok(entry!.name !== "web-0123456789abcdef");
    equal((await bundleWeb({ toolsDir: "/proc/nowhere" })).size, 6);
  } finally {
    await Deno.remove(toolsDir, { recursive: true });
  }
});
