/**
 * The worker as one file, for Cloudflare, for workerd and for the tests. Run by itself it writes
 * the file that `wrangler.jsonc` names and says how large it is.
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { bundleWeb } from "../src/web/bundle.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

export const WORKER_ENTRY = join(ROOT, "src/ingest/worker.ts");
export const WORKER_FILE = join(ROOT, "dist/worker/worker.js");

export interface WorkerBundle {
  code: string;
  bytes: number;
  gzipBytes: number;
}

/** One module with the page inside. `entry` is the real one, or one of a test's. */
export async function bundleWorker(entry = WORKER_ENTRY): Promise<WorkerBundle> {
  const decoder = new TextDecoder();
  const page = [...await bundleWeb()].map(([path, { body, type }]) => [
    path,
    { type, body: typeof body === "string" ? body : decoder.decode(body) },
  ]);
  const esbuild = await import("esbuild");
  try {
    const { outputFiles } = await esbuild.build({
      absWorkingDir: ROOT,
      entryPoints: [entry],
      bundle: true,
      write: false,
      minify: true,
      // Methods are called by their names from elsewhere, and stack traces are read by people.
      keepNames: true,
      format: "esm",
      target: "es2022",
      platform: "neutral",
      mainFields: ["module", "main"],
      conditions: ["workerd", "worker", "browser", "import"],
      external: ["cloudflare:*", "node:*"],
      define: { LASTHOP_PAGE: JSON.stringify(page) },
      legalComments: "none",
      logLevel: "silent",
    });
    const [{ text, contents }] = outputFiles as [typeof outputFiles[number]];
    return { code: text, bytes: contents.length, gzipBytes: gzipSync(contents).length };
  } finally {
    await esbuild.stop();
  }
}

if (import.meta.main) {
  const { code, bytes, gzipBytes } = await bundleWorker();
  await Deno.mkdir(dirname(WORKER_FILE), { recursive: true });
  await Deno.writeTextFile(WORKER_FILE, code);
  const kib = (count: number) => `${(count / 1024).toFixed(0)} KiB`;
  console.log(`${WORKER_FILE}: ${kib(bytes)}, ${kib(gzipBytes)} with gzip`);
}
