/** The probe's image, built by buildah and run by runc as docs/deploy.md says that it is to be run. */
import { has, makeRoot, run } from "./root.ts";

const ROOT = new URL("../../../", import.meta.url).pathname;

/** What a person on this machine has to reach the registries with; none of it comes into the image. */
const OF_THE_MACHINE = ["/root/.npmrc", "/usr/local/share/ca-certificates"];

/** Makes a base image as debian:12-slim is one: the packages that Debian requires, and apt. */
export async function makeBase(name: string, folder: string): Promise<void> {
  await makeRoot(`${folder}/base.tar`, []);
  const container = (await run(["buildah", "from", "scratch"])).trim();
  await run(["buildah", "add", container, `${folder}/base.tar`, "/"]);
  await run(["buildah", "commit", container, name]);
  await run(["buildah", "rm", container]);
}

/** Builds the probe's image of what is committed here. `versions` as its Containerfile has it. */
export async function buildImage(
  { base, name, versions, folder }: Record<"base" | "name" | "versions" | "folder", string>,
): Promise<void> {
  await run(["git", "clone", "-q", ROOT, `${folder}/checkout`]);
  const there = await Promise.all(OF_THE_MACHINE.map((path) => Deno.stat(path).catch(() => null)));
  const mounts = OF_THE_MACHINE.filter((_, i) => there[i] !== null)
    .flatMap((path) => ["-v", `${path}:${path}:ro`]);
  await run([
    ...["buildah", "build", "--isolation", "chroot", "--pull=never", ...mounts],
    ...["--build-arg", `BASE=${base}`, "--build-arg", `VERSIONS=${versions}`, "-t", name],
    ...["-f", `${folder}/checkout/deploy/container/probe.Containerfile`, `${folder}/checkout`],
  ]);
}

/** Rights and bounds of the podman command in docs/deploy.md. */
export async function rightsOfDocs(): Promise<
  { capabilities: string[]; cpus: number; memoryMiB: number }
> {
  const docs = await Deno.readTextFile(`${ROOT}docs/deploy.md`);
  const command = /^podman run [^\n]*lasthop-probe[^\n]*$/m.exec(docs)?.[0] ?? "";
  const capabilities = /--cap-add (\S+)/.exec(command)![1]!.split(",").map((name) => `CAP_${name}`);
  const cpus = Number(/--cpus (\S+)/.exec(command)![1]);
  return { capabilities, cpus, memoryMiB: Number(/--memory (\d+)m/.exec(command)![1]) };
}

/** Writes what runc is told of a container: those rights, host namespaces but for mounts. */
async function writeBundle(
  bundle: string,
  root: string,
  args: readonly string[],
  token: string,
): Promise<void> {
  const { capabilities, cpus, memoryMiB } = await rightsOfDocs();
  const sets = ["bounding", "effective", "permitted", "inheritable"];
  const image = await Deno.readTextFile(`${ROOT}deploy/container/probe.Containerfile`);
  const set = [...image.matchAll(/^ENV (\S+)$/gm)].map(([, variable]) => variable!);
  const config = {
    ociVersion: "1.0.2",
    process: {
      user: { uid: 0, gid: 0 },
      args: [...JSON.parse(/^ENTRYPOINT (.*)$/m.exec(image)![1]!), ...args],
      env: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", ...set, `LASTHOP_TOKEN=${token}`],
      cwd: "/",
      capabilities: Object.fromEntries(sets.map((name) => [name, capabilities])),
      noNewPrivileges: true,
    },
    root: { path: root },
    mounts: [
      { destination: "/proc", type: "proc", source: "proc" },
      { destination: "/dev", type: "tmpfs", source: "tmpfs" },
      { destination: "/sys", type: "none", source: "/sys", options: ["rbind", "ro"] },
      {
        destination: "/run/netns",
        type: "none",
        source: "/run/netns",
        options: ["rbind", "rslave"],
      },
    ],
    linux: {
      namespaces: [{ type: "mount" }, { type: "ipc" }, { type: "uts" }],
      resources: {
        memory: { limit: memoryMiB * 2 ** 20 },
        cpu: { quota: cpus * 100_000, period: 100_000 },
      },
    },
  };
  await Deno.mkdir(bundle, { recursive: true });
  await Deno.writeTextFile(`${bundle}/config.json`, JSON.stringify(config), { mode: 0o600 });
}

/** Runs the probe of an image; `work` runs when it is ready. Resolves with its exit code and words. */
export async function runImage(
  { image, folder, args, token }: { image: string; folder: string; args: string[]; token: string },
  work: () => Promise<void>,
): Promise<{ code: number; said: string }> {
  const container = (await run(["buildah", "from", "--pull=never", image])).trim();
  try {
    const root = (await run(["buildah", "mount", container])).trim();
    await writeBundle(`${folder}/bundle`, root, args, token);
    const id = `lasthop-${crypto.randomUUID().slice(0, 8)}`;
    const child = new Deno.Command("runc", {
      args: ["run", "--bundle", `${folder}/bundle`, id],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    let said = "";
    let isReady = false;
    let working = Promise.resolve();
    for await (const chunk of child.stderr.pipeThrough(new TextDecoderStream())) {
      said += chunk;
      if (isReady || !said.includes("ready: reporting")) continue;
      isReady = true;
      working = work().finally(() => run(["runc", "kill", id, "SIGTERM"])).then(() => {});
      working.catch(() => {});
    }
    await working;
    return { code: (await child.status).code, said };
  } finally {
    await run(["buildah", "rm", container]);
  }
}

/** The packages of an image with their versions, a line each, in the order of their names. */
export async function versionsOf(image: string): Promise<string> {
  const container = (await run(["buildah", "from", "--pull=never", image])).trim();
  try {
    const words = ["dpkg-query", "-W", "-f", "${Package} ${Version}\\n"];
    return await run(["buildah", "run", "--isolation", "chroot", container, "--", ...words]);
  } finally {
    await run(["buildah", "rm", container]);
  }
}

/** Programs that are needed and are not here. */
export async function missingPrograms(): Promise<string[]> {
  const wanted = ["mmdebstrap", "buildah", "runc", "git"];
  const found = await Promise.all(wanted.map(has));
  return wanted.filter((_, i) => !found[i]);
}
