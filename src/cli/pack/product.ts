/**
 * The product as a folder that runs by itself: Deno, the sources without their tests, the libraries that
 * a command needs, the page as it is served, the scripts. It is what the Debian package installs and
 * what `serve --offer-probe` offers, and is made from a checkout that is set up, or from a product.
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleWeb } from "../../web/bundle.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** Libraries that commands import. What builds the page and what tests use is left out. */
const LIBRARIES = ["commander", "execa", "hono", "zod"];

/** What is copied as it is. */
const FILES = [
  "lasthop",
  "kubectl-lasthop",
  "bpf",
  "docs/causes.md",
  "deno.lock",
  "deploy/bootstrap",
  "deploy/systemd",
  "src",
];

const TEST = /(_test\.tsx?|_testing\.ts|\/fixture|\/golden|\/testing\.ts|\.pcapng)$/;

interface Lock {
  specifiers: Record<string, string>;
  npm: Record<string, { dependencies?: string[] }>;
}

/** Makes the product in a folder that must not be there. Throws Error of Deno where it can't. */
export async function makeProduct(folder: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  if (await isProduct()) {
    await copy(ROOT, folder);
    return;
  }
  for (const path of FILES) await copy(join(ROOT, path), join(folder, path));
  const deno = join(".tools/deno/node_modules/@deno", `linux-${arch()}-glibc/deno`);
  await copy(join(ROOT, deno), join(folder, deno));
  await copyLibraries(folder);
  await writeSettings(folder);
  await writeReady(folder);
  await bundleWeb({ toolsDir: join(folder, ".tools") });
}

/** Only a product has this file: a checkout's libraries are named in deno.json. */
const isProduct = () => Deno.stat(join(ROOT, "package.json")).then(() => true, () => false);

/** What `lasthop` looks for, so that it sets nothing up: `pinned_key` of that script. */
async function writeReady(folder: string): Promise<void> {
  const pinned = ["deploy/bootstrap/package-lock.json", "deno.json", "deno.lock"];
  const texts = await Promise.all(pinned.map((path) => Deno.readTextFile(join(folder, path))));
  const bytes = new TextEncoder().encode(texts.join(""));
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
  await Deno.writeTextFile(join(folder, ".tools/ready"), `${Deno.build.arch} ${hash}\n`);
}

const arch = () => Deno.build.arch === "aarch64" ? "arm64" : "x64";

async function copy(from: string, to: string): Promise<void> {
  if (TEST.test(from) || from === join(ROOT, ".tools/cache")) return;
  const { isDirectory } = await Deno.stat(from);
  await Deno.mkdir(isDirectory ? to : dirname(to), { recursive: true });
  if (!isDirectory) {
    await Deno.copyFile(from, to);
    return;
  }
  for await (const { name } of Deno.readDir(from)) await copy(join(from, name), join(to, name));
}

/** Names and versions of the libraries and of what they need, by the lock file. */
export function closure(lock: Lock, wanted: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  const nameOf = (key: string) => key.slice(0, key.indexOf("@", 1));
  const add = (key: string) => {
    if (found.has(nameOf(key))) return;
    found.set(nameOf(key), key.slice(key.indexOf("@", 1) + 1));
    for (const dependency of lock.npm[key]?.dependencies ?? []) {
      const next = dependency.includes("@", 1)
        ? dependency
        : Object.keys(lock.npm).find((other) => nameOf(other) === dependency);
      if (next !== undefined) add(next);
    }
  };
  for (const [specifier, version] of Object.entries(lock.specifiers)) {
    const name = nameOf(specifier.replace(/^npm:/, ""));
    if (wanted.includes(name)) add(`${name}@${version}`);
  }
  return found;
}

/** Flat, as npm lays them out: no library is needed in two versions. */
async function copyLibraries(folder: string): Promise<void> {
  const lock = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.lock"))) as Lock;
  for (const [name, version] of closure(lock, LIBRARIES)) {
    const kept = `node_modules/.deno/${name.replace("/", "+")}@${version}/node_modules/${name}`;
    await copy(join(ROOT, kept), join(folder, "node_modules", name));
  }
}

/** Settings by which Deno takes libraries from the folder and asks no registry. */
async function writeSettings(folder: string): Promise<void> {
  const { compilerOptions, imports } = JSON.parse(
    await Deno.readTextFile(join(ROOT, "deno.json")),
  ) as { compilerOptions: unknown; imports: Record<string, string> };
  const dependencies = Object.fromEntries(
    LIBRARIES.map((name) => [name, imports[name]!.replace(/^npm:.*@/, "")]),
  );
  const write = (path: string, value: unknown) =>
    Deno.writeTextFile(join(folder, path), `${JSON.stringify(value, null, 2)}\n`);
  // The page is kept by a hash that deno.lock is part of, so that file stays what it is, and is not read.
  const lock = { path: ".tools/lock.json", frozen: true };
  await write("deno.json", { nodeModulesDir: "manual", lock, compilerOptions });
  await write("package.json", { private: true, type: "module", dependencies });
  await write(".tools/lock.json", { version: "5" });
}
