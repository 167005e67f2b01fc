/**
 * `deno task image`: the images of the probe and of `serve`, of Debian packages and npm alone, without a
 * registry. Arguments: `--processor amd64|arm64` (default: this machine's), `--to FOLDER` (default:
 * dist/image) for files that `ctr images import`, `podman load` and `skopeo copy oci-archive:` take.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { makeProduct } from "../../src/cli/pack/product.ts";
import { VERSION } from "../../src/cli/version.ts";
import { missingPrograms } from "../programs.ts";
import { makeImageRoot, type Processor, PROCESSORS } from "./root.ts";
import { warm } from "./warm.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** One image. */
interface Image {
  name: string;
  packages: readonly string[];
  programs: ReadonlySet<string> | "all";
  /** Words of lasthop that it runs when it is given none. */
  words: readonly string[];
  settings: readonly string[];
}

/** Where the product lies in an image. */
const HOME = "/opt/lasthop";
/** Deno's own folder in an image: who may not write there reads what is in it. */
const CACHE = `${HOME}/.tools/cache`;
const OWN: Processor = Deno.build.arch === "aarch64" ? "arm64" : "amd64";

/** What `lasthop` runs, without the script that looks for what is missing: all is there. */
const RUN = [
  `${HOME}/.tools/deno/deno`,
  ...[
    "run",
    "-A",
    "--v8-flags=--max-semi-space-size=4",
    "--quiet",
    "--cached-only",
    "--config",
    `${HOME}/deno.json`,
  ],
  `${HOME}/src/cli/main.ts`,
];

/** The shells' own, for who looks inside; a root without them is no help in an incident. */
const BASE = ["base-files", "dash", "coreutils", "ca-certificates"];

async function images(): Promise<Image[]> {
  const list = await Deno.readTextFile(join(ROOT, "deploy/bootstrap/packages.txt"));
  const rows = list.split("\n").map((line) => line.split(/\s+/));
  const packages = rows.filter(([need]) => need === "kernel" || need === "more")
    .map(([, , name]) => name!);
  return [
    {
      name: "lasthop-probe",
      packages: [...BASE, "bash", "grep", "sed", "tar", ...packages],
      programs: "all",
      words: [],
      settings: [
        // JavaScript's heap would take the machine's memory for its own.
        ...[
          "--env",
          "DENO_V8_FLAGS=--max-old-space-size=96,--max-semi-space-size=4",
          "--env",
          "XDG_STATE_HOME=/var/lib",
        ],
        ...["--volume", "/var/lib/lasthop"],
      ],
    },
    {
      name: "lasthop-serve",
      packages: [...BASE, "libgcc-s1"],
      programs: new Set(["sh", "dash", "cat", "ls"]),
      words: ["serve", "--listen", "0.0.0.0:4680", "--data", "/data"],
      settings: ["--user", "64680:64680", "--volume", "/data", "--port", "4680"],
    },
  ];
}

/** Libraries of a root that Deno needs, which no package's program names. */
async function putProduct(folder: string, processor: Processor): Promise<void> {
  const home = join(folder, HOME.slice(1));
  await makeProduct(home);
  await Deno.remove(join(home, ".tools/deno"), { recursive: true });
  await Deno.mkdir(join(home, ".tools/deno"), { recursive: true });
  await Deno.copyFile(await denoFor(processor), join(home, ".tools/deno/deno"));
  await Deno.chmod(join(home, ".tools/deno/deno"), 0o755);
}

/** Deno for a processor: this checkout's own, or that of npm, of the version and hash in the lock file. */
async function denoFor(processor: Processor): Promise<string> {
  const name = `@deno/linux-${PROCESSORS[processor].deno}-glibc`;
  const own = join(ROOT, ".tools/deno/node_modules", name, "deno");
  if (await Deno.stat(own).catch(() => null)) return own;
  const lock = JSON.parse(
    await Deno.readTextFile(join(ROOT, "deploy/bootstrap/package-lock.json")),
  ) as { packages: Record<string, { version: string; integrity: string }> };
  const { version, integrity } = lock.packages[`node_modules/${name}`]!;
  const home = join(ROOT, ".tools", `deno-${processor}-${version}`);
  if (await Deno.stat(`${home}/package/deno`).catch(() => null)) return `${home}/package/deno`;
  await Deno.mkdir(home, { recursive: true });
  const { stdout } = await execa("npm", ["pack", "--json", `${name}@${version}`], { cwd: home });
  const [packed] = JSON.parse(stdout) as { filename: string; integrity: string }[];
  if (packed!.integrity !== integrity) {
    throw new Error(`Cannot take ${name}: its integrity is another than the lock file's`);
  }
  await execa("tar", ["-xzf", packed!.filename], { cwd: home });
  await Deno.remove(join(home, packed!.filename));
  return `${home}/package/deno`;
}

/** Builds one image into an OCI archive; its path. */
async function build(image: Image, processor: Processor, to: string): Promise<string> {
  const work = await Deno.makeTempDir({ prefix: "lasthop-image-" });
  const tag = `localhost/${image.name}:${VERSION}`;
  const buildah = async (...words: string[]) => (await execa("buildah", words)).stdout.trim();
  try {
    const root = join(work, "root");
    // The program that is not of a package names libraries, too: it lies there before they are chosen.
    await makeImageRoot({
      folder: root,
      processor,
      packages: image.packages,
      programs: image.programs,
      also: [await denoFor(processor)],
    });
    await putProduct(root, processor);
    // What is of another processor can't be run here, and makes its own at its first start.
    if (processor === OWN) await warm(root, { home: HOME, cache: CACHE });
    if (image.name === "lasthop-serve") {
      await Deno.mkdir(join(root, "data"));
      await Deno.chown(join(root, "data"), 64680, 64680);
      await Deno.chmod(join(root, "data"), 0o700);
    }
    const container = await buildah("from", "--arch", processor, "scratch");
    try {
      // What is added as a folder becomes root's; a tar keeps whose it is.
      await execa("tar", ["--numeric-owner", "-C", root, "-cf", `${work}/root.tar`, "."]);
      await buildah("add", "--quiet", container, `${work}/root.tar`, "/");
      await buildah(
        ...["config", "--arch", processor, "--stop-signal", "SIGTERM", ...image.settings],
        ...["--env", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "--env", "HOME=/root"],
        ...["--env", "DENO_NO_UPDATE_CHECK=1", "--env", `DENO_DIR=${CACHE}`],
        ...["--entrypoint", JSON.stringify(RUN), "--cmd", image.words.join(" ")],
        ...["--label", `org.opencontainers.image.version=${VERSION}`, container],
      );
      await Deno.mkdir(to, { recursive: true });
      const path = join(to, `${image.name}-${processor}.tar`);
      await Deno.remove(path).catch(() => {});
      await buildah("commit", "--quiet", container, `oci-archive:${path}:${tag}`);
      return path;
    } finally {
      await buildah("rm", container);
    }
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

function argument(name: string): string | undefined {
  const at = Deno.args.indexOf(name);
  return at === -1 ? undefined : Deno.args[at + 1];
}

if (import.meta.main) {
  const processor = argument("--processor") ?? OWN;
  if (!(processor in PROCESSORS)) {
    console.error(`Cannot make images: --processor is ${processor}, must be amd64 or arm64`);
    Deno.exit(2);
  }
  // mmdebstrap takes minutes, and what comes after it would fail then.
  const missing = missingPrograms(["mmdebstrap", "buildah", "tar"]);
  if (missing.length > 0) {
    console.error(
      `Cannot make images: ${missing.join(", ")} missing, must be installed: ` +
        `apt-get install ${missing.join(" ")}`,
    );
    Deno.exit(2);
  }
  const only = argument("--only");
  for (const image of await images()) {
    if (only !== undefined && image.name !== only) continue;
    const path = await build(
      image,
      processor as Processor,
      argument("--to") ?? `${ROOT}dist/image`,
    );
    console.log(`${path}: ${((await Deno.stat(path)).size / 1e6).toFixed(0)} MB`);
  }
}
