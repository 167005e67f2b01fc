/**
 * Runs workerds for the tests, as they ask over HTTP. A program of its own, with a configuration of
 * its own, so that who only uses lasthop never downloads any of this. It ends with its parent, and
 * every workerd with it. See `../workerd.ts` for what it is asked.
 */
import { Miniflare } from "miniflare";
import workerd from "workerd";

interface Wanted {
  /** File of the worker. */
  script: string;
  bindings: Record<string, string>;
  /** Where objects are kept; gone with the process when null. */
  persist: string | null;
}

interface Running {
  miniflare: Miniflare;
  pid: number;
}

// A module of the older kind: what its types call its default is one level further down.
const { default: workerdPath } = workerd as unknown as { default: string };
Deno.env.set("LASTHOP_WORKERD", workerdPath);
Deno.env.set("MINIFLARE_WORKERD_PATH", new URL("workerd.sh", import.meta.url).pathname);

const running = new Map<string, Running>();

/** What workerd says by itself of every client that leaves. */
const ROUTINE = /Broken pipe|Connection reset|disconnected|^stack:|^\s*$/;

function tell(text: string): void {
  for (const line of text.split("\n")) if (!ROUTINE.test(line)) console.error(`workerd: ${line}`);
}

async function start({ script, bindings, persist }: Wanted) {
  const before = new Set(children());
  const miniflare = new Miniflare({
    // Named as it is: of a script alone miniflare parses all to find what it imports, for a second.
    modules: [{ type: "ESModule", path: script, contents: await Deno.readTextFile(script) }],
    modulesRoot: "/",
    host: "127.0.0.1",
    port: 0,
    // Else it asks a site of Cloudflare's where it is.
    cf: false,
    compatibilityDate: "2026-07-30",
    compatibilityFlags: ["enable_request_signal", "request_signal_passthrough"],
    durableObjects: {
      DIRECTORY: { className: "Directory", useSQLite: true },
      HUB: { className: "IncidentHub", useSQLite: true },
      SHARD: { className: "PacketShard", useSQLite: true },
    },
    r2Buckets: { ARCHIVES: "lasthop-archives" },
    bindings,
    handleRuntimeStdio(stdout: AsyncIterable<Uint8Array>, stderr: AsyncIterable<Uint8Array>) {
      for (const stream of [stdout, stderr]) void tellAll(stream);
    },
    ...(persist === null ? {} : {
      durableObjectsPersist: `${persist}/objects`,
      r2Persist: `${persist}/r2`,
    }),
  });
  const { origin: url } = await miniflare.ready;
  const [pid] = children().filter((child) => !before.has(child));
  if (pid === undefined) throw new Error("Cannot find workerd among the children of this process");
  const id = crypto.randomUUID();
  running.set(id, { miniflare, pid });
  return { id, url };
}

async function tellAll(stream: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const data of stream) tell(new TextDecoder().decode(data));
}

/** Processes that this one has started, whichever of its threads did. */
function children(): number[] {
  const tasks = [...Deno.readDirSync("/proc/self/task")].map(({ name }) => name);
  return tasks.flatMap((task) =>
    Deno.readTextFileSync(`/proc/self/task/${task}/children`).split(" ")
  ).filter((pid) => pid !== "").map(Number);
}

async function stop(id: string, signal: Deno.Signal | null): Promise<void> {
  const { miniflare, pid } = running.get(id)!;
  running.delete(id);
  if (signal !== null) Deno.kill(pid, signal);
  await miniflare.dispose();
}

async function objects(id: string): Promise<string[]> {
  const bucket = await running.get(id)!.miniflare.getR2Bucket("ARCHIVES");
  const listed = await bucket.list();
  return listed.objects.map(({ key }: { key: string }) => key).sort();
}

async function object(id: string, key: string): Promise<Response> {
  const bucket = await running.get(id)!.miniflare.getR2Bucket("ARCHIVES");
  const found = await bucket.get(key);
  return new Response(found === null ? null : await found.arrayBuffer());
}

/** One start after the other: which child is whose is seen by what was there before. */
let starting: Promise<unknown> = Promise.resolve();

async function answer(request: Request): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  const id = searchParams.get("id") ?? "";
  switch (pathname) {
    case "/start": {
      const wanted = await request.json() as Wanted;
      const started = starting.then(() => start(wanted));
      starting = started.catch(() => {});
      return Response.json(await started);
    }
    case "/stop":
      await stop(id, null);
      return new Response();
    case "/kill":
      await stop(id, "SIGKILL");
      return new Response();
    case "/objects":
      return Response.json(await objects(id));
    case "/object":
      return await object(id, searchParams.get("key")!);
  }
  return new Response(null, { status: 404 });
}

Deno.serve({
  hostname: "127.0.0.1",
  port: 0,
  onListen: ({ port }) => console.log(port),
  onError: (error) => new Response(String(error), { status: 500 }),
}, answer);
