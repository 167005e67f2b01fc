/**
 * A node of the tests' cluster: network, mount, PID and UTS namespaces of its own, and its own cgroup. It
 * shares the kernel with the others, as nodes of kind and minikube do.
 */
import { run } from "../../deploy/image/root.ts";
import { PATH, RUN } from "./home.ts";

/** The first process: it reaps what others leave, and ends the node when it ends. */
const INIT = `set -e
hostname "$1"
umount -l /run/netns/* 2>/dev/null || :
mount -t tmpfs tmpfs /run; mkdir -p /run/netns
mount --bind /run/netns /run/netns; mount --make-shared /run/netns
mount -t tmpfs tmpfs /var/log; mkdir -p /var/log/pods /var/log/containers
mkdir -p /var/lib/cni; mount -t tmpfs tmpfs /var/lib/cni
ip link set lo up
sysctl -qw net.ipv4.ip_forward=1
echo up
while :; do sleep 1000 & wait; done`;

/** A running node. */
export interface Node {
  name: string;
  /** Its address in the fabric. */
  address: string;
  /** The PID of its first process, as this machine has it. */
  pid: number;
  /** The command in front of one that is to run in it. */
  enter: string[];
  /** Starts a program that runs until the node ends; what it says is in a file. */
  start(name: string, command: readonly string[]): void;
  run(...command: string[]): Promise<string>;
  /** Ends a program of the node, by the name of its file. */
  end(program: string): Promise<void>;
  /** Ends its programs one after the other, the last started first. */
  stop(): Promise<void>;
}

/** Starts a node without a network. `home`: where its programs' logs are; `path`: where they are. */
export async function startNode(
  name: string,
  address: string,
  { home = `${RUN}/${name}`, path = PATH }: { home?: string; path?: string } = {},
): Promise<Node> {
  const init = new Deno.Command("unshare", {
    args: [
      ...["--net", "--mount", "--uts", "--pid", "--fork", "--kill-child", "--mount-proc"],
      ...["--propagation", "private", "bash", "-c", INIT, "init", name],
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = init.stdout.getReader();
  await reader.read();
  const pid = Number(
    (await Deno.readTextFile(`/proc/${init.pid}/task/${init.pid}/children`)).trim(),
  );
  const enter = ["nsenter", "-t", String(pid), "-n", "-m", "-u", "-p", "--", "env", `PATH=${path}`];
  const children: { name: string; child: Deno.ChildProcess }[] = [];
  await Deno.mkdir(home, { recursive: true });
  return {
    name,
    address,
    pid,
    enter,
    start(name_, command) {
      const log = `${home}/${name_}.log`;
      const words = [...enter, "sh", "-c", 'exec "$@" >"$0" 2>&1', log, ...command];
      const child = new Deno.Command(words[0]!, {
        args: words.slice(1),
        stdin: "null",
        stdout: "null",
        stderr: "null",
      }).spawn();
      children.push({ name: name_, child });
    },
    run: (...command) => run([...enter, ...command]),
    async end(program) {
      // A child here is nsenter, which leaves its own child behind.
      await run([...enter, "sh", "-c", 'kill $(pidof "$0")', program]);
    },
    async stop() {
      for (const { child } of children.reverse()) {
        try {
          child.kill("SIGTERM");
        } catch {
          // It is gone.
        }
        const late = setTimeout(() => child.kill("SIGKILL"), 5_000);
        await child.status;
        clearTimeout(late);
      }
      init.kill("SIGKILL");
      await reader.cancel();
      await init.status;
    },
  };
}
