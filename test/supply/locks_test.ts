/** Nothing that lasthop installs is unpinned, and what it is made of is known. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { askRegistry, checkedInstead, question, told } from "../../deploy/supply/audit.ts";
import { isAllowed, readLicences } from "../../deploy/supply/licences.ts";
import { distinct, LOCK_FILES, readLock, readLocks } from "../../deploy/supply/lock_files.ts";
import { sbom } from "../../deploy/supply/sbom.ts";

const root = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");
const read = (path: string) => Deno.readTextFile(`${root}/${path}`);

const SKIPPED = new Set([".git", ".tools", "node_modules", "dist", "coverage"]);

/** Files of the repository, relative to its root. */
async function files(folder = ""): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory, isFile } of Deno.readDir(`${root}/${folder}`)) {
    const path = folder === "" ? name : `${folder}/${name}`;
    if (isDirectory && !SKIPPED.has(name)) found.push(...await files(path));
    else if (isFile) found.push(path);
  }
  return found.sort();
}

const all = await files();
const locked = await readLocks();

Deno.test("every lock file is known, and every package in one has a SHA-512", async () => {
  const there = all.filter((path) => /(^|\/)(deno\.lock|package-lock\.json)$/.test(path));
  deepEqual(there, Object.keys(LOCK_FILES).sort());
  for (const file of there) ok((await readLock(file)).length > 0, `${file} pins nothing`);
  const bare = locked.filter(({ integrity }) => !/^sha512-[\w+/]{86}==$/.test(integrity ?? ""));
  deepEqual(bare.map(({ file, name, version }) => `${file}: ${name}@${version}`), []);
});

Deno.test("a package has one hash, in whatever lock file it is", () => {
  for (const [key, same] of Map.groupBy(locked, ({ name, version }) => `${name}@${version}`)) {
    equal(new Set(same.map(({ integrity }) => integrity)).size, 1, key);
  }
});

Deno.test("Deno and workerd are pinned for both processors", () => {
  const of = (file: string) =>
    locked.filter((one) => one.file === file).map(({ name }) => name).sort();
  deepEqual(of("deploy/bootstrap/package-lock.json"), [
    "@deno/linux-arm64-glibc",
    "@deno/linux-x64-glibc",
  ]);
  deepEqual(of("deploy/workerd/package-lock.json"), [
    "@cloudflare/workerd-linux-64",
    "@cloudflare/workerd-linux-arm64",
  ]);
});

Deno.test("every dependency is of one version, and has a lock file beside it", async () => {
  const exact = /^(npm:)?(@[\w.-]+\/)?[\w.-]*@?\d+\.\d+\.\d+$/;
  for (const path of all.filter((path) => /(^|\/)package\.json$/.test(path))) {
    ok(all.includes(path.replace("package.json", "package-lock.json")), `${path} has no lock file`);
    const { dependencies = {}, optionalDependencies = {}, devDependencies = {} } = JSON.parse(
      await read(path),
    );
    const wanted = { ...dependencies, ...optionalDependencies, ...devDependencies };
    for (const [name, version] of Object.entries(wanted)) {
      match(String(version), /^\d+\.\d+\.\d+$/, `${path}: ${name}`);
    }
  }
  for (const path of all.filter((path) => /(^|\/)deno\.json$/.test(path))) {
    const { imports = {} } = JSON.parse(await read(path));
    for (const [name, from] of Object.entries(imports as Record<string, string>)) {
      if (!from.startsWith("./")) match(from, exact, `${path}: ${name}`);
    }
  }
});

/** Commands that would bring what no lock file pins, as programs and documents may have them. */
const UNPINNED: Record<string, RegExp> = {
  "npm install, must be npm ci": /\bnpm["',\s[\]]+(?:install|i|add|update)\b/,
  "npx that may fetch, must be npx --no": /\bnpx (?!--no )/,
  "a download that is run": /\b(?:curl|wget)\b[^\n]*\|\s*(?:sudo )?(?:ba)?sh\b/,
  "deno install without --frozen": /\bdeno"? install (?!--frozen)/,
  "a package source that is not signed": /trusted=yes|--allow-unauthenticated|AllowInsecure/i,
  "pip, gem, cargo or go": /\b(?:pip3?|gem|cargo|go) install\b/,
};

Deno.test("no install step runs unpinned", async () => {
  const steps = all.filter((path) =>
    /\.(sh|ts|tsx|md|yml|yaml|Containerfile|service)$|(^|\/)lasthop$|^\.ci\//.test(path) &&
    path !== "test/supply/locks_test.ts"
  );
  const found: string[] = [];
  for (const path of steps) {
    const text = await read(path);
    for (const [what, pattern] of Object.entries(UNPINNED)) {
      if (pattern.test(text)) found.push(`${path}: ${what}: ${pattern.exec(text)?.[0]}`);
    }
  }
  deepEqual(found, []);
});

Deno.test("unpinned steps are seen, pinned ones are not taken for them", () => {
  const seen = (text: string) => Object.values(UNPINNED).some((pattern) => pattern.test(text));
  for (
    const text of [
      "npm install wrangler",
      'execa("npm", ["install", name])',
      "npx wrangler deploy",
      "curl -fsSL https://x.example/install | sudo sh",
      '"$deno" install --config x',
      "deb [trusted=yes] http://mirror suite main",
      "pip install x",
    ]
  ) ok(seen(text), text);
  for (
    const text of [
      "npm ci --prefix x --ignore-scripts",
      "npx --no --prefix .tools/wrangler wrangler deploy",
      "apt-get install --no-install-recommends bpftrace",
      '"$deno" install --frozen --config x',
      "curl -s $INGEST/v1/incidents | jq .",
    ]
  ) ok(!seen(text), text);
});

Deno.test("every package's licence is pinned and allowed", async () => {
  const pinned = await readLicences();
  const keys = distinct(locked).map(({ name, version }) => `${name}@${version}`);
  deepEqual(Object.keys(pinned).sort(), keys.sort(), "run: deno task licences");
  deepEqual(Object.entries(pinned).filter(([, licence]) => !isAllowed(licence)), []);
  for (const { name, version, licence } of locked) {
    if (licence !== undefined) equal(pinned[`${name}@${version}`], licence);
  }
});

Deno.test("the pinned licences are those of the installed packages", async () => {
  const pinned = await readLicences();
  let compared = 0;
  for (const { name, version } of await readLock("deno.lock")) {
    const folder = `node_modules/.deno/${name.replace("/", "+")}@${version}/node_modules/${name}`;
    const text = await read(`${folder}/package.json`).catch(() => null);
    if (text === null) continue;
    compared++;
    equal(JSON.parse(text).license, pinned[`${name}@${version}`], name);
  }
  ok(compared >= 20, `only ${compared} packages are installed`);
});

Deno.test("a licence is allowed when one of OR and all of AND are", () => {
  ok(isAllowed("MIT"));
  ok(isAllowed("(MIT OR GPL-3.0-only)"));
  ok(isAllowed("Apache-2.0 AND MIT"));
  ok(!isAllowed("GPL-3.0-only"));
  ok(!isAllowed("MIT AND GPL-3.0-only"));
  ok(!isAllowed("UNLICENSED"));
});

Deno.test("the bill of materials names every package, with its hash, and is always the same", async () => {
  const first = await sbom();
  deepEqual(await sbom(), first);
  const libraries = first.components.filter(({ type }) => type === "library");
  equal(libraries.length, distinct(locked).length);
  for (const component of libraries) {
    ok("hashes" in component && "licenses" in component, component.name);
  }
  const refs = first.components.map((component) => component["bom-ref"]);
  equal(new Set(refs).size, refs.length);
  ok(refs.includes("pkg:deb/debian/bpftrace"));
});

Deno.test("audit: an advisory is told with the lock file, no answer is not taken for none", async () => {
  const some = await readLock("deploy/workerd/package-lock.json");
  deepEqual(question(some), {
    "@cloudflare/workerd-linux-64": [some[0]!.version],
    "@cloudflare/workerd-linux-arm64": [some[1]!.version],
  });
  const advisory = { title: "t", severity: "high", url: "u", vulnerable_versions: "<2" };
  const answering = (status: number, body: unknown): typeof fetch => () =>
    Promise.resolve(Response.json(body, { status }));
  const known = { "@cloudflare/workerd-linux-64": [advisory] };
  const answer = await askRegistry("https://r.example/", {}, answering(200, known));
  ok("advisories" in answer);
  match(told(answer.advisories, some).join(), /^high: \S+ <2: t \(u\); pinned: \S+ in deploy/);
  const refused = await askRegistry("https://r.example/", {}, answering(405, {}));
  match("why" in refused ? refused.why : "", /^https:\/\/r\.example\/\S+ answered 405/);
});

Deno.test("audit: what was checked instead is said of what the lock files have, and no more", () => {
  const one = {
    file: "f",
    use: "runs",
    name: "a",
    version: "1",
    integrity: "sha512-x",
    optional: false,
  } as const;
  deepEqual(checkedInstead([one], { "a@1": "MIT" }), [
    "Checked instead: every package has a SHA-512 in its lock file.",
    "Checked instead: every package has a pinned licence.",
  ]);
  const bare = { ...one, name: "b", integrity: "sha1-x" };
  deepEqual(checkedInstead([one, bare], { "a@1": "MIT" }), [
    "Checked instead: b@1 lacks a SHA-512 in its lock file.",
    "Checked instead: b@1 lacks a pinned licence.",
  ]);
});
