/** `./lasthop` as scripts run it: a process of its own, told by signals, heard by its output. */
import { basename, dirname } from "node:path";

const ROOT = new URL("../../", import.meta.url).pathname;

export interface Ended {
  code: number;
  signal: Deno.Signal | null;
  stdout: string;
  stderr: string;
}

export interface Running {
  pid: number;
  ended: Promise<Ended>;
  /** Resolves when its ready file is there; rejects when it ends before. */
  ready(): Promise<void>;
  /** Resolves when stdout or stderr holds the text; rejects when it ends before. */
  says(text: string): Promise<void>;
  /** The same for a pattern: what fits it first. */
  finds(pattern: RegExp): Promise<string>;
  end(signal?: Deno.Signal): Promise<Ended>;
}

export interface LasthopOptions {
  env?: Record<string, string>;
  /** Another command in front, such as setpriv. */
  prefix?: string[];
  /** Deno itself, without the script that brings what is missing. */
  bare?: boolean;
}

export async function startLasthop(args: string[], options: LasthopOptions = {}): Promise<Running> {
  const folder = await Deno.makeTempDir({ prefix: "lasthop-test-" });
  const readyFile = `${folder}/ready`;
  const watches = ["trace", "probe", "record"].includes(args[0] ?? "");
  const own = watches ? ["--ready-file", readyFile] : [];
  const program = options.bare
    ? [
      Deno.execPath(),
      "run",
      "-A",
      "--cached-only",
      `--config=${ROOT}deno.json`,
      `${ROOT}src/cli/main.ts`,
    ]
    : [`${ROOT}lasthop`];
  const [command = "", ...words] = args;
  const [file, ...rest] = [...options.prefix ?? [], ...program, command, ...own, ...words];
  const child = new Deno.Command(file!, {
    args: rest,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    // What is kept by default is kept here, not in the home of whoever runs the tests.
    env: { LASTHOP_TOKEN: "", XDG_STATE_HOME: `${folder}/state`, ...options.env },
  }).spawn();
  let said = "";
  let listen = () => {};
  const hear = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
    let text = "";
    for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      said += chunk;
      listen();
    }
    return text;
  };
  const heard = <T>(find: () => T | undefined) =>
    new Promise<T>((resolve) => {
      listen = () => {
        const found = find();
        if (found !== undefined) resolve(found);
      };
      listen();
    });
  const ended = (async (): Promise<Ended> => {
    const [stdout, stderr] = await Promise.all([hear(child.stdout), hear(child.stderr)]);
    const { code, signal } = await child.status;
    await Deno.remove(folder, { recursive: true });
    return { code, signal, stdout, stderr };
  })();
  const early = ended.then(({ code, stderr }) => {
    throw new Error(`lasthop ${args.join(" ")} ended early (${code}): ${stderr}`);
  });
  early.catch(() => {});
  return {
    pid: child.pid,
    ended,
    ready: () => Promise.race([exists(readyFile), early]),
    says: (text) =>
      Promise.race([heard(() => said.includes(text) || undefined), early]).then(() => {}),
    finds: (pattern) => Promise.race([heard(() => pattern.exec(said)?.[0]), early]),
    end(signal = "SIGINT") {
      Deno.kill(child.pid, signal);
      return ended;
    },
  };
}

export async function runLasthop(args: string[], options?: LasthopOptions): Promise<Ended> {
  return await (await startLasthop(args, options)).ended;
}

/** Told by the kernel, not asked again and again. */
async function exists(path: string): Promise<void> {
  const watcher = Deno.watchFs(dirname(path));
  try {
    if ([...Deno.readDirSync(dirname(path))].some(({ name }) => name === basename(path))) return;
    for await (const { paths } of watcher) if (paths.includes(path)) return;
  } finally {
    try {
      watcher.close();
    } catch {
      // Ended by its own iteration.
    }
  }
}

/** Processes whose parent is one of these, and theirs. */
export function descendants(pid: number): { pid: number; name: string }[] {
  const all = [...Deno.readDirSync("/proc")].flatMap(({ name }) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = Deno.readTextFileSync(`/proc/${name}/stat`);
      const [, comm = "", parent] = /\((.*)\) \S+ (\d+)/s.exec(stat) ?? [];
      return [{ pid: Number(name), name: comm, parent: Number(parent) }];
    } catch {
      return [];
    }
  });
  const found: { pid: number; name: string }[] = [];
  for (let parents = [pid]; parents.length > 0;) {
    const children = all.filter(({ parent }) => parents.includes(parent));
    found.push(...children);
    parents = children.map((child) => child.pid);
  }
  return found;
}

/** Resolves when the process is no more. */
export async function gone(pid: number): Promise<void> {
  const args = [`--pid=${pid}`, "-s", "0.02", "-f", "/dev/null"];
  await new Deno.Command("tail", { args, stdin: "null", stdout: "null" }).output();
}
