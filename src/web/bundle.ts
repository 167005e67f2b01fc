/**
 * The page as files to serve. esbuild runs once per state of the sources: its result is kept under
 * `.tools/web-<hash>/`, so that later starts read a few small files.
 */
import { fileURLToPath } from "node:url";
import { join, relative } from "node:path";
import { CATALOGUE } from "../analysis/catalogue.ts";
import { causesPage } from "./causes_page.ts";

/** The files of the page by the path they are served at. */
export type WebFiles = Map<string, { body: Uint8Array | string; type: string }>;

const HERE = fileURLToPath(new URL(".", import.meta.url));
const ROOT = fileURLToPath(new URL("../../", import.meta.url));

const SERVED = [
  { path: "/index.html", file: "index.html", type: "text/html; charset=utf-8" },
  { path: "/app.js", file: "app.js", type: "text/javascript; charset=utf-8" },
  { path: "/layout.js", file: "layout.js", type: "text/javascript; charset=utf-8" },
  { path: "/app.css", file: "app.css", type: "text/css; charset=utf-8" },
  { path: "/favicon.svg", file: "favicon.svg", type: "image/svg+xml" },
  { path: "/causes.html", file: "causes.html", type: "text/html; charset=utf-8" },
] as const;

/**
 * Everything the page needs; `/index.html` is the page, as the ingest wants it. It is built when
 * no build of the same sources is kept in `toolsDir`. Throws what esbuild throws when a source is
 * wrong.
 */
export async function bundleWeb(
  { toolsDir = join(ROOT, ".tools") }: { toolsDir?: string } = {},
): Promise<WebFiles> {
  const name = `web-${await sourcesHash()}`;
  const kept = await readKept(join(toolsDir, name));
  if (kept !== null) return kept;
  const built = await build();
  await keep(toolsDir, name, built);
  return built;
}

/** The files that the page is made of: of this folder, and what it imports from others. */
async function sourcePaths(): Promise<string[]> {
  return [
    ...await filesIn(HERE),
    ...await filesIn(join(ROOT, "src/drawing")),
    ...await filesIn(join(ROOT, "src/words")),
    ...await filesIn(join(ROOT, "src/event")),
    // Has every text of the catalogue, and is tested to have it.
    join(ROOT, "docs/causes.md"),
  ];
}

/** Changes when a source of the page, a library version or this file does. */
async function sourcesHash(): Promise<string> {
  const paths = [...await sourcePaths(), join(ROOT, "deno.lock")];
  const texts = await Promise.all(paths.map((path) => Deno.readTextFile(path)));
  const all = new TextEncoder().encode(
    JSON.stringify([paths.map((path) => relative(ROOT, path)), texts]),
  );
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", all));
  return digest.slice(0, 8).toHex();
}

/** Files of a folder and of the folders in it, in order; without what only tests read. */
async function filesIn(folder: string): Promise<string[]> {
  const paths = [];
  for await (const { name, isFile } of Deno.readDir(folder)) {
    if (!isFile && name !== "fixture") paths.push(...await filesIn(join(folder, name)));
    else if (isFile && !name.includes("_test.")) paths.push(join(folder, name));
  }
  return paths.sort();
}

async function readKept(dir: string): Promise<WebFiles | null> {
  try {
    const bodies = await Promise.all(SERVED.map(({ file }) => Deno.readFile(join(dir, file))));
    return new Map(SERVED.map(({ path, type }, i) => [path, { body: bodies[i]!, type }]));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

async function build(): Promise<WebFiles> {
  const esbuild = await import("esbuild");
  try {
    const { outputFiles, metafile } = await esbuild.build({
      absWorkingDir: ROOT,
      entryPoints: {
        app: join(HERE, "main.tsx"),
        layout: join(HERE, "map/layout.ts"),
        "app-style": join(HERE, "app.css"),
      },
      outdir: "/",
      bundle: true,
      minify: true,
      write: false,
      metafile: true,
      format: "esm",
      target: "es2022",
      jsx: "automatic",
      jsxImportSource: "preact",
      legalComments: "none",
      logLevel: "silent",
    });
    await requireCounted(Object.keys(metafile.inputs));
    const built = (suffix: string) => {
      const file = outputFiles.find(({ path }) => path.endsWith(suffix));
      if (file === undefined) throw new Error(`esbuild made no ${suffix}`);
      return file.contents;
    };
    const bodies: Record<(typeof SERVED)[number]["path"], Uint8Array> = {
      "/index.html": await Deno.readFile(join(HERE, "index.html")),
      "/app.js": built("/app.js"),
      "/layout.js": built("/layout.js"),
      "/app.css": built("app-style.css"),
      "/favicon.svg": await Deno.readFile(join(HERE, "favicon.svg")),
      "/causes.html": new TextEncoder().encode(causesPage(CATALOGUE)),
    };
    return new Map(SERVED.map(({ path, type }) => [path, { body: bodies[path], type }]));
  } finally {
    await esbuild.stop();
  }
}

/**
 * A source that `sourcePaths` forgets could change without a new build. `inputs` are relative to the
 * checkout. Throws Error, which a test of the page sees first.
 */
async function requireCounted(inputs: readonly string[]): Promise<void> {
  const counted = new Set((await sourcePaths()).map((path) => relative(ROOT, path)));
  const forgotten = inputs.filter((path) => path.startsWith("src/") && !counted.has(path));
  if (forgotten.length > 0) {
    throw new Error(`Cannot build the page: ${forgotten.join(", ")} must be in sourcePaths()`);
  }
}

/** Best effort: a read-only checkout is served too. */
async function keep(toolsDir: string, name: string, files: WebFiles): Promise<void> {
  const dir = join(toolsDir, name);
  try {
    await Deno.mkdir(toolsDir, { recursive: true });
    const fresh = await Deno.makeTempDir({ dir: toolsDir, prefix: "new-web-" });
    for (const { path, file } of SERVED) {
      await Deno.writeFile(join(fresh, file), files.get(path)!.body as Uint8Array);
    }
    // Others may serve as another user than the one that built.
    await Deno.chmod(fresh, 0o755);
    await Deno.rename(fresh, dir).catch(() => Deno.remove(fresh, { recursive: true }));
    await removeOlder(toolsDir, name);
  } catch {
    // Read-only, full or not ours: nothing is lost but the time of the next start.
  }
}

async function removeOlder(toolsDir: string, name: string): Promise<void> {
  for await (const entry of Deno.readDir(toolsDir)) {
    if (!entry.name.startsWith("web-") || entry.name === name) continue;
    await Deno.remove(join(toolsDir, entry.name), { recursive: true }).catch(() => {});
  }
}
