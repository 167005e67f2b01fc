/** The yard of three machines in a row, each with a real sshd that lets in one key. */
import { run } from "../deploy/image/root.ts";
import { withYard, type Yard } from "../start/yard.ts";
import { unpacked } from "./debian.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
/** Where sshd of Debian looks for libraries that only it needs. */
const LIBRARIES = `usr/lib/${Deno.build.arch}-linux-gnu`;

/** The yard, with what ssh needs to reach it. */
export interface SshYard extends Yard {
  /** Of ssh, for whoever is on the laptop. */
  config: string;
  /** What is in the folder for temporary files of a machine. */
  left(role: string): string[];
  /** Processes that were started on any of the machines by ssh. */
  processes(): { pid: number; words: string }[];
}

/** `own`: the machines that have a lasthop in their PATH. */
export async function withSshYard(
  own: readonly string[],
  use: (yard: SshYard) => Promise<void>,
): Promise<void> {
  const programs = await unpacked("openssh-server", ["openssh-server", "libwrap0"]);
  const folder = await Deno.makeTempDir({ prefix: "lasthop-ssh-" });
  try {
    for (const name of ["user", "host"]) {
      await run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", `${folder}/${name}`]);
    }
    await withYard(async (yard) => {
      const config = await writeClient(folder, yard);
      const servers = await Promise.all(yard.nodes.map(({ name, role }) =>
        startServer({
          programs,
          folder,
          netns: name,
          role,
          hasOwn: own.includes(role),
        })
      ));
      try {
        await use({
          ...yard,
          config,
          left: (role) => [...Deno.readDirSync(`${folder}/${role}/tmp`)].map(({ name }) => name),
          processes: () => processesOf(folder),
        });
      } finally {
        for (const server of servers) server.kill("SIGTERM");
        await Promise.all(servers.map(({ status }) => status));
      }
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function writeClient(folder: string, { nodes }: Yard): Promise<string> {
  const key = (await Deno.readTextFile(`${folder}/host.pub`)).trim();
  const address = (i: number) => `10.177.0.${i + 2}`;
  await Deno.writeTextFile(
    `${folder}/known`,
    nodes.map((_, i) => `${address(i)} ${key}\n`).join(""),
  );
  const hosts = nodes.map(({ role }, i) => `Host ${role}\n  HostName ${address(i)}\n`);
  const all = `Host *\n  User root\n  IdentityFile ${folder}/user\n  IdentitiesOnly yes\n` +
    `  UserKnownHostsFile ${folder}/known\n`;
  await Deno.writeTextFile(`${folder}/config`, [...hosts, all].join(""), { mode: 0o600 });
  return `${folder}/config`;
}

interface Server {
  programs: string;
  folder: string;
  netns: string;
  role: string;
  hasOwn: boolean;
}

/** sshd wants a user of its own, and a folder that is nobody else's: both are there for it alone. */
const IN_ITS_OWN = `set -e
mount -t tmpfs none /run
mkdir /run/sshd
echo "sshd:x:64681:64681::/run/sshd:/usr/sbin/nologin" | cat /etc/passwd - >"$1/passwd"
mount --bind "$1/passwd" /etc/passwd
shift
exec "$@"`;

async function startServer(
  { programs, folder, netns, role, hasOwn }: Server,
): Promise<Deno.ChildProcess> {
  const home = `${folder}/${role}`;
  await Deno.mkdir(`${home}/bin`, { recursive: true });
  await Deno.mkdir(`${home}/tmp`);
  if (hasOwn) await Deno.writeTextFile(`${home}/bin/lasthop`, wrapper(netns), { mode: 0o755 });
  await Deno.writeTextFile(
    `${home}/sshd_config`,
    [
      ...[`HostKey ${folder}/host`, "PidFile none", "UsePAM no", "StrictModes no"],
      ...["PermitRootLogin yes", `AuthorizedKeysFile ${folder}/user.pub`],
      `SetEnv PATH=${home}/bin:/usr/sbin:/usr/bin:/sbin:/bin TMPDIR=${home}/tmp`,
      "",
    ].join("\n"),
  );
  const sshd = [`${programs}/usr/sbin/sshd`, "-D", "-e", "-f", `${home}/sshd_config`];
  const child = new Deno.Command("ip", {
    args: ["netns", "exec", netns, "unshare", "-m", "sh", "-c", IN_ITS_OWN, "sh", home, ...sshd],
    env: { LD_LIBRARY_PATH: `${programs}/${LIBRARIES}` },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const lines = child.stderr.pipeThrough(new TextDecoderStream());
  let said = "";
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  void (async () => {
    for await (const chunk of lines) {
      said += chunk;
      if (said.includes("Server listening")) resolve();
    }
    reject(new Error(`sshd of ${role}: ${said}`));
  })();
  await promise;
  return child;
}

/** The lasthop of a machine. Three machines have three kernels; these are namespaces of one. */
const wrapper = (netns: string) =>
  `#!/bin/bash
[ "$1" = probe ] || exec ${ROOT}lasthop "$@"
words=()
while [ $# -gt 0 ]; do
  if [ "$1" = --name ]; then words+=(--node "$2=${netns}"); shift 2; else words+=("$1"); shift; fi
done
exec ${ROOT}lasthop "\${words[@]}"
`;

function processesOf(folder: string): { pid: number; words: string }[] {
  return [...Deno.readDirSync("/proc")].filter(({ name }) => /^\d+$/.test(name)).flatMap(
    ({ name }) => {
      try {
        const environment = Deno.readTextFileSync(`/proc/${name}/environ`);
        if (!environment.includes(`TMPDIR=${folder}/`)) return [];
        const words = Deno.readTextFileSync(`/proc/${name}/cmdline`).replaceAll("\0", " ");
        return [{ pid: Number(name), words }];
      } catch {
        return [];
      }
    },
  );
}
