/**
 * Functions of the kernel played by a program (`players.c`), for scripts on kprobes where the kernel has
 * none: the same programs on uprobes, on each bpftrace that we can get.
 */
import { execa } from "execa";
import type { Event } from "../../src/event/event.ts";
import { PROBED_FUNCTIONS } from "../../src/probe/kernel/functions.ts";
import { createDecoder } from "../../src/probe/read/decode.ts";
import { startBpftrace } from "../../src/probe/run/bpftrace.ts";
import { loadSources, render, SCRIPTS } from "../../src/probe/run/render.ts";
import { bpftraceOf, SUITES } from "../bpftrace/debian.ts";

const SOURCE = new URL("players.c", import.meta.url).pathname;

/** Where the players have their names. */
const TABLES = {
  ...{ nftChainTable: 64, nftChainName: 88, nftTableFamily: 372, nftTableName: 384 },
  xtTableName: 56,
};

/** Stands for the script `drop`, whose packets have no memory here: a line as it prints one. */
const DROP = `{
  printf("D\\t%lld\\t%d\\t%llx\\t0\\t4026531840\\t1\\tlo\\t84\\t0\\t0\\t0\\t0\\t0\\t0\\t0\\t0\\t0\\t0\\t0\\t0\\t0\\t0\\t0\\tnf_hook_slow\\t0\\n",
    nsecs, cpu, (uint64)arg0);
  @freed[cpu] = (uint64)arg0;
  @emitted[cpu] = count();
}`;

/** Whether they can be played here: by root, with a compiler. */
export const canPlay = Deno.uid() === 0 &&
  await execa("cc", ["--version"], { reject: false }).then(({ failed }) => !failed);

async function programFor(players: string, isPlayed: (name: string) => boolean): Promise<string> {
  const leftOut = SCRIPTS.filter((name) => !isPlayed(name) && name !== "ready");
  const { program } = render(
    await loadSources(),
    {
      tracepoints: new Set(["skb:kfree_skb"]),
      ...{ kprobes: true, functions: new Set(PROBED_FUNCTIONS), tables: TABLES, deep: true },
      ...{ netns: null, filter: "1", follow: false, counters: null, budget: null, conntrack: null },
      ...{ tunnelPorts: { vxlan: [], geneve: [], fou: [] }, reason: true, raw: false },
    },
    new Map(leftOut.map((name) => [name, "played"])),
  );
  const drop = program.includes("@freed") ? `uprobe:${players}:told ${DROP}\n` : "";
  return drop + program.replaceAll("kretprobe:", `uretprobe:${players}:`)
    .replaceAll("kprobe:", `uprobe:${players}:`)
    .replaceAll("tracepoint:skb:kfree_skb", `uprobe:${players}:kfree_skb`)
    .replaceAll("args->skbaddr", "arg0");
}

/** Plays once for each bpftrace, and gives it its name and what these scripts told. */
export async function eachPlayed(
  isPlayed: (name: string) => boolean,
  judge: (version: string, events: () => Promise<Event[]>) => Promise<unknown>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "lasthop-players-" });
  try {
    const players = `${folder}/players`;
    await execa("cc", ["-O0", "-no-pie", "-o", players, SOURCE]);
    const program = await programFor(players, isPlayed);
    const others = await Promise.all(SUITES.map(bpftraceOf));
    for (const other of [{ version: "of this machine", binary: "bpftrace" }, ...others]) {
      if (typeof other === "string") continue;
      await judge(other.version, () => told(other.binary, program, players));
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function told(binary: string, program: string, players: string): Promise<Event[]> {
  const events: Event[] = [];
  const refused: string[] = [];
  let ticked = () => {};
  const tick = () => new Promise<void>((resolve) => ticked = resolve);
  const decoder = createDecoder({
    onEvent: (event) => void events.push(event),
    onTick: () => ticked(),
    onReading() {},
    onRefused: (line) => void refused.push(line),
    reasonName: String,
  });
  const run = await startBpftrace({
    ...{ program, binary },
    onLine: (line) => decoder.line(line),
    onLost: (count) => void refused.push(`${count} lines lost`),
  });
  try {
    await run.ready;
    // On one processor, as the kernel's own are while they decide.
    await execa("taskset", ["-c", "0", players]);
    // A stopped bpftrace leaves lines unread: what was told before a tick is printed before it.
    await tick();
    await tick();
  } finally {
    await run.stop();
  }
  if (refused.length > 0) throw new Error(`not understood: ${refused.join("; ")}`);
  return events;
}
