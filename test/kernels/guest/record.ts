/**
 * Runs in a guest: builds the networks of all runs, traces them together, makes their traffic one
 * after another, and writes what was told of each as an archive of its own. Attaching takes a minute
 * under emulation, so it is done once.
 */
import { type Lab, labUp } from "../../../src/lab/mod.ts";
import { filesOf } from "../../../src/lab/registry.ts";
import { archiveHeader } from "../../../src/ingest/archive/archive.ts";
import { readCapability } from "../../../src/probe/kernel/capability.ts";
import { resolveNodes, startSession } from "../../../src/probe/session/mod.ts";
import type { ProbeBatch } from "../../../src/probe/ship/batcher.ts";
import type { Run, Side } from "../bench/runs.ts";
import { NOBODY, openPeer } from "./peer.ts";

const MINUTES = 60_000;

/** What `main.ts` has it do. */
interface Errand {
  runs: Run[];
  /** Which of two machines this is; the near one where it is alone. */
  side: Side;
  /** Address of the link to the other machine that is each run's own, by its name; empty: there is none. */
  wires: Record<string, string>;
}

const { runs, side, wires } = JSON.parse(Deno.readTextFileSync("/work/runs.json")) as Errand;

/** Namespaces of a run that are on the other machine. */
function elsewhere({ far, nodes }: Run): string[] {
  if (side !== "far") return far;
  return Object.values(nodes).flat().filter((one) => !far.includes(one));
}

const say = (text: string) =>
  console.log(`guest: ${Math.round(performance.now() / 1000)} s, ${text}`);

/** Labs that are up, by their runs. */
const labs = new Map<string, Lab>();

/** Brings a lab up; its nodes are known then. Broken and repaired ones stand beside each other. */
async function raise(run: Run, id: string): Promise<boolean> {
  try {
    const prefix = run.isHealthy ? "lhr" : "lhb";
    const lab = await labUp(id, { repaired: run.isHealthy, prefix });
    await keepFlows(`${filesOf(`${prefix}-${id.toLowerCase()}`)}/db.sock`);
    labs.set(run.name, lab);
    run.nodes = Object.fromEntries(lab.nodes.map(({ name, netns }) => [name, netns]));
    return true;
  } catch (error) {
    say(`${run.name}: ${error instanceof Error ? error.message : error}`);
    return false;
  }
}

/**
 * The flows of a lab's Open vSwitch stay for an hour after their last packet, as those of cases: emulated,
 * a reading of all namespaces takes longer than the ten seconds that they live else.
 */
async function keepFlows(database: string): Promise<void> {
  if (!await Deno.stat(database).catch(() => null)) return;
  const words = ["set", "Open_vSwitch", ".", "other_config:max-idle=3600000"];
  const { success, stderr } = await new Deno.Command("ovs-vsctl", {
    args: [`--db=unix:${database}`, "--timeout=60", ...words],
    stdin: "null",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr).trim());
}

/** Runs functions of a case's script, as far as they are there. */
async function call(run: Run, functions: string[]): Promise<boolean> {
  const { name, script } = run;
  const calls = functions.map((one) => `! declare -F ${one} >/dev/null || ${one}`).join("\n");
  const { success, stdout, stderr } = await new Deno.Command("bash", {
    args: ["-c", `. /work/lib.sh\n. /work/cases/${script}\n${calls}`],
    env: { RUN: name, WIRE: wires[name] ?? "", ELSEWHERE: elsewhere(run).join(" ") },
    stdin: "null",
  }).output();
  const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  await Deno.writeTextFile(`/work/out/${name}.said`, said, { append: true });
  if (!success) say(`${name}: ${functions.join(", ")} failed: ${said.trim()}`);
  return success;
}

const built: Run[] = [];
for (const run of runs) {
  const steps = run.isHealthy ? ["build"] : ["build", "fault"];
  const isBuilt = run.lab === undefined ? await call(run, steps) : await raise(run, run.lab);
  if (isBuilt) built.push(run);
}
say(`${built.length} of ${runs.length} built`);

const words = built.flatMap((run) =>
  Object.entries(run.nodes).map(([node, netns]) => ({
    name: `${run.name}.${node}`,
    netns: netns.filter((one) => !elsewhere(run).includes(one))
      .map((one) => run.lab === undefined ? `${run.name}.${one}` : one),
  })).filter(({ netns }) => netns.length > 0)
);
/** What cannot be read in the time that a machine that is not emulated needs may be so the next time. */
async function capabilityHere() {
  for (let i = 0; i < 10; i++) {
    const capability = await readCapability();
    if (capability.bpftrace !== null && capability.tracepointsRead) return capability;
    say("not all of the machine could be read, trying again");
  }
  throw new Error("Cannot trace in the guest: bpftrace or the tracepoints can't be read");
}

const peer = Object.keys(wires).length === 0 ? NOBODY : await openPeer();
const batches: ProbeBatch[] = [];
/** Namespaces of which a state came. */
const read = new Set<string>();
const allRead = Promise.withResolvers<void>();
const inAll = words.reduce((sum, { netns }) => sum + netns.length, 0);
function received(batch: ProbeBatch): void {
  batches.push(batch);
  for (const line of batch.lines) {
    const netns = /^\{"kind":"state","timeNs":"\d+","netns":(\d+)/.exec(line)?.[1];
    if (netns !== undefined) read.add(netns);
  }
  if (read.size >= inAll) allRead.resolve();
}
const session = await startSession({
  capability: await capabilityHere(),
  nodes: await resolveNodes(words, "guest"),
  filter: "",
  deep: true,
  incident: "kernels",
  onBatch: received,
  onProgress: say,
  // Emulated, beside other work.
  attachTimeoutMs: 15 * MINUTES,
  readTimeoutMs: 5 * MINUTES,
  // On 7.2 a bpftrace of all scripts came to the end of 384 and of 768 MiB of its own in large transfers.
  share: {
    // Reading rests after many namespaces as its share has it, which takes minutes here.
    cpuPercent: 400,
    // What 100 % would tell.
    ...{ eventsPerSecond: 40_000, counters: 65_536 },
    memoryBytes: 2560 * 2 ** 20,
  },
});
await session.ready;
say("attached");
// Being ready waits for states as long as a machine needs that is not emulated; here half of the namespaces would be
// read for the first time at the end, and no counter could be seen to rise.
AbortSignal.timeout(3 * MINUTES).addEventListener("abort", () => allRead.resolve());
await allRead.promise;
say(`states of ${read.size} of ${inAll} namespaces read`);
await peer.meet("attached");
// One machine after the other, so that what a run does is the same each time.
for (const run of runs) {
  for (const turn of run.far.length === 0 ? ["near"] : ["near", "far"]) {
    if (turn === side && built.includes(run)) await send(run);
    if (run.far.length > 0) await peer.meet(`${run.name} ${turn}`);
  }
  say(`${run.name}: traffic made`);
}
await peer.meet("made");
say(`bpftrace has ${await dataOf("bpftrace")}`);
await session.stop();
say("ended");
for (const run of built) await write(run);

async function send(run: Run): Promise<void> {
  const lab = labs.get(run.name);
  if (lab === undefined) return void await call(run, ["traffic"]);
  for (const { what, sent, answered } of await lab.sendTraffic()) {
    say(`${what}: ${answered} of ${sent} answered`);
  }
}

/** What programs of a name have allocated, as the kernel tells it. */
async function dataOf(name: string): Promise<string> {
  const found: string[] = [];
  for await (const { name: pid } of Deno.readDir("/proc")) {
    const status = await Deno.readTextFile(`/proc/${pid}/status`).catch(() => "");
    if (!status.startsWith(`Name:\t${name}\n`)) continue;
    found.push(/^VmData:\s*(.*)$/m.exec(status)?.[1] ?? "nothing");
  }
  return found.join(", ");
}

/** The run's nodes alone, each as it is called in the case. */
async function write({ name }: Run): Promise<void> {
  const own = batches.filter(({ header }) => header.node.startsWith(`${name}.`));
  const about = { id: name, title: name, filter: "", createdMs: 0, closedMs: 1 };
  const counters = { strayLines: 0, evictedStates: 0 };
  // deno-lint-ignore no-explicit-any
  const first = JSON.stringify(archiveHeader({ ...about, counters } as any, own.length));
  const lines = [
    first,
    ...own.flatMap(({ header, lines }) => [
      JSON.stringify({ ...header, incident: name }),
      ...lines,
    ]),
  ];
  const text = lines.map((line) => `${line}\n`).join("").replaceAll(`${name}.`, "");
  const gzip = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  await Deno.writeFile(`/work/out/${name}.archive.gz`, gzip);
}
Deno.exit(0);
