/** `deno task deb [FILE]`: the Debian package of the whole, made with dpkg-deb. */
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { COMPLETIONS } from "../../src/cli/manual/completions.ts";
import { manPage } from "../../src/cli/manual/man_page.ts";
import { tableOf } from "../../src/cli/manual/table.ts";
import { makeProduct } from "../../src/cli/pack/product.ts";
import { createProgram } from "../../src/cli/program.ts";
import { VERSION } from "../../src/cli/version.ts";
import { gzipped } from "../../src/ingest/http/gzip.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Where the product lies once it is installed. */
const HOME = "/usr/lib/lasthop";

/** Units that need nothing which the package has not. */
const UNITS = ["lasthop.service", "lasthop-probe@.service", "lasthop-record.service"];

/** Sources become what Deno runs once, as root, so that it is there for users who may not write. */
const POSTINST = `#!/bin/sh
set -e
if [ "$1" = configure ]; then ${HOME}/lasthop completion bash >/dev/null; fi
`;

/** What was written beside the package's own files goes with them; what was seen stays. */
const POSTRM = `#!/bin/sh
set -e
rm -rf ${HOME}/.tools/cache
rmdir --ignore-fail-on-non-empty ${HOME}/.tools ${HOME} 2>/dev/null || true
`;

/** Makes the package. Throws Error with what dpkg-deb says where it fails. */
export async function makeDeb(path: string): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "lasthop-deb-" });
  try {
    await Deno.chmod(folder, 0o755);
    const at = (path: string) => join(folder, path);
    await makeProduct(at(HOME));
    await Deno.remove(at(`${HOME}/deploy/systemd`), { recursive: true });
    await Deno.mkdir(at("/usr/bin"), { recursive: true });
    await Deno.symlink("../lib/lasthop/lasthop", at("/usr/bin/lasthop"));
    await write(at("/usr/lib/systemd/system"), await units());
    await write(at("/usr/share"), await shared());
    await write(at("/DEBIAN"), { control: await control() });
    await write(at("/DEBIAN"), { postinst: POSTINST, postrm: POSTRM }, 0o755);
    const args = ["--root-owner-group", "-Zxz", "-z1", "--build", folder, path];
    const { success, stderr } = await new Deno.Command("dpkg-deb", { args }).output();
    if (!success) throw new Error(`dpkg-deb: ${new TextDecoder().decode(stderr)}`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

type Files = Record<string, string | Uint8Array>;

async function write(folder: string, files: Files, mode = 0o644): Promise<void> {
  for (const [name, body] of Object.entries(files)) {
    const path = join(folder, name);
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeFile(path, typeof body === "string" ? new TextEncoder().encode(body) : body);
    await Deno.chmod(path, mode);
  }
}

async function units(): Promise<Files> {
  const read = async (name: string) => {
    const text = await Deno.readTextFile(join(ROOT, "deploy/systemd", name));
    const documented = text.replaceAll("/opt/lasthop/docs", "/usr/share/doc/lasthop/docs");
    return [name, documented.replaceAll("/opt/lasthop", HOME)] as const;
  };
  return Object.fromEntries(await Promise.all(UNITS.map(read)));
}

/** Manual page, completions and documentation. */
async function shared(): Promise<Files> {
  const program = createProgram(() => {});
  const table = tableOf(program);
  const about = { description: program.description(), version: VERSION };
  const files: Files = {
    "man/man1/lasthop.1.gz": await gzipped(manPage(about, table)),
    "bash-completion/completions/lasthop": `${COMPLETIONS.bash(table)}\n`,
    "zsh/vendor-completions/_lasthop": `${COMPLETIONS.zsh(table)}\n`,
    "fish/vendor_completions.d/lasthop.fish": `${COMPLETIONS.fish(table)}\n`,
    "doc/lasthop/README.md": await Deno.readTextFile(join(ROOT, "README.md")),
  };
  for await (const { name } of Deno.readDir(join(ROOT, "docs"))) {
    if (name.endsWith(".md")) {
      files[`doc/lasthop/docs/${name}`] = await Deno.readTextFile(join(ROOT, "docs", name));
    }
  }
  return files;
}

/** What `lasthop` would install when it is first needed, it depends on; of what is of use, it says so. */
async function control(): Promise<string> {
  const text = await Deno.readTextFile(join(ROOT, "deploy/bootstrap/packages.txt"));
  const rows = text.split("\n").map((line) => line.trim().split(/\s+/));
  const packages = (need: string) =>
    [...new Set(rows.filter(([first]) => first === need).map(([, , name]) => name))].join(", ");
  return `Package: lasthop
Version: ${VERSION}
Architecture: ${Deno.build.arch === "aarch64" ? "arm64" : "amd64"}
Maintainer: lasthop <lasthop@localhost>
Section: net
Priority: optional
Depends: bash, libc6, ${packages("kernel")}
Recommends: ${packages("more")}
Description: which is the last hop a packet reached, and why did it go no further?
 Probes on each node report every hop a packet makes; lasthop joins them into
 one path per packet and names the hop where packets vanish, the cause with its
 evidence, and the command that mends it.
`;
}

if (import.meta.main) {
  const path = Deno.args[0] ?? join(ROOT, "dist", "lasthop.deb");
  await Deno.mkdir(dirname(path), { recursive: true });
  await makeDeb(path);
  const { size } = await Deno.stat(path);
  console.log(`${path}: ${Math.round(size / 1e6)} MB; sudo apt install ./${basename(path)}`);
}
