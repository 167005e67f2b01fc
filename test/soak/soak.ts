/** A whole soak: an act on workerd, a longer one on Deno, and what the machine must not be left with. */
import { setTimeout as pass } from "node:timers/promises";
import { namesIn, netnsFolder } from "../../src/lab/registry.ts";
import { npmToolOrWhy } from "../../deploy/npm_tool.ts";
import { Draw } from "../faults/bench/draw.ts";
import { Act, type ActFigures } from "./act.ts";
import type { Engine } from "./ingests.ts";
import { bpfPrograms, filesBelow, MARK, marked, mounts, processes } from "./machine.ts";

export interface SoakOptions {
  minutes: number;
  seed: number;
  /** A folder for the archives, and the samples of memory. */
  keep?: string;
  signal?: AbortSignal;
  onProgress?(text: string): void;
}

export interface SoakFigures {
  seed: number;
  minutes: number;
  seconds: number;
  kernel: string;
  acts: ActFigures[];
  /** What was left out, and why. */
  notTried: string[];
  complaints: string[];
}

const SHARES = { workerd: 0.3, deno: 0.7 };

/** Of an act's time, the end that has no harms. */
const STEADY_SHARE = 0.5;

/** Programs of the kernel are freed some time after their last user is gone. */
const FREED_MS = 10_000;

/**
 * A heap grows until it is collected, so that a straight line through a few minutes may point
 * anywhere. What must not happen is that later peaks are higher than earlier ones.
 */
const SAMPLES_MIN = 40;
const PEAK_GROWTH_MIB_MAX = 24;

/**
 * Runs all acts, then looks at what is left on the machine.
 *
 * Throws what an act can't go on without: root, a network namespace, an ingest that starts.
 */
export async function soak(options: SoakOptions): Promise<SoakFigures> {
  const { minutes, seed } = options;
  const begun = performance.now();
  const before = { mounts: await mounts(), programs: bpfPrograms() };
  const mark = crypto.randomUUID();
  const { why } = await npmToolOrWhy("workerd");
  const own: Own = {
    mark,
    prefix: `lhs${mark.slice(0, 8)}`,
    folder: await Deno.makeTempDir({ prefix: "lasthop-soak-" }),
    shares: why === undefined ? SHARES : { deno: 1 },
    notTried: why === undefined ? [] : [`workerd: ${why}`],
  };
  try {
    const acts = await playActs(options, own);
    // A signal reaches the servers of the soak's own network, too: then refusals are true.
    const complaints = options.signal?.aborted
      ? ["it was stopped by a signal: only what it left was looked at"]
      : acts.flatMap((act) => [
        ...act.complaints.map((text) => `${act.engine}: ${text}`),
        ...grown(act),
      ]);
    complaints.push(...await leftovers(before, own));
    return {
      seed,
      minutes,
      seconds: Math.round((performance.now() - begun) / 1_000),
      kernel: Deno.osRelease(),
      acts,
      notTried: own.notTried,
      complaints,
    };
  } finally {
    await Deno.remove(own.folder, { recursive: true });
  }
}

async function playActs(options: SoakOptions, own: Own): Promise<ActFigures[]> {
  const { minutes, seed, keep, signal = new AbortController().signal } = options;
  const acts: ActFigures[] = [];
  for (const [engine, share] of Object.entries(own.shares) as [Engine, number][]) {
    const actMs = minutes * share * 60_000;
    const folder = `${own.folder}/${engine}`;
    await Deno.mkdir(`${folder}/tmp`, { recursive: true });
    acts.push(
      await Act.run({
        engine,
        harmMs: actMs * (1 - STEADY_SHARE),
        steadyMs: actMs * STEADY_SHARE,
        draw: Draw.of(seed, engine),
        folder,
        env: { [MARK]: own.mark, TMPDIR: `${folder}/tmp` },
        prefix: own.prefix,
        keep,
        signal,
        onProgress: options.onProgress ?? (() => {}),
      }),
    );
  }
  return acts;
}

function grown({ engine, memory }: ActFigures): string[] {
  return memory.filter(({ samples, firstPeakMiB, lastPeakMiB }) =>
    samples >= SAMPLES_MIN && lastPeakMiB - firstPeakMiB > PEAK_GROWTH_MIB_MAX
  ).map(({ role, firstPeakMiB, lastPeakMiB }) =>
    `${engine}: memory of ${role} peaked at ${firstPeakMiB.toFixed(0)} MiB, later at ` +
    `${lastPeakMiB.toFixed(0)}, must be at most ${PEAK_GROWTH_MIB_MAX} more`
  );
}

interface Own {
  mark: string;
  prefix: string;
  folder: string;
  /** Of the whole time, by engine, in the order of the acts. */
  shares: Partial<Record<Engine, number>>;
  notTried: string[];
}

async function leftovers(
  before: { mounts: string[]; programs: Set<number> },
  { mark, prefix, folder, shares, notTried }: Own,
): Promise<string[]> {
  const left: string[] = [];
  const running = await marked(mark);
  if (running.length > 0) left.push(`processes are left: ${running.join(", ")}`);
  const added = (await mounts()).filter((mount) => !before.mounts.includes(mount));
  // Other programs of this machine may mount, too, but not in the soak's folder.
  const own = added.filter((mount) => mount.startsWith(folder) || mount.startsWith("/sys"));
  if (own.length > 0) left.push(`mounts are left: ${own.join(", ")}`);
  const names = (await namesIn(netnsFolder)).filter((name) => name.startsWith(prefix));
  if (names.length > 0) left.push(`namespaces are left: ${names.join(", ")}`);
  for (const engine of Object.keys(shares)) {
    const files = await filesBelow(`${folder}/${engine}/tmp`);
    if (files.length > 0) left.push(`temporary files are left: ${files.join(", ")}`);
  }
  const others = (await processes()).filter(({ name }) => name === "bpftrace");
  if (others.length > 0) {
    notTried.push("BPF programs left: another bpftrace runs on this machine, whose they may be");
    return left;
  }
  let programs: number[] = [];
  for (const endMs = performance.now() + FREED_MS; performance.now() < endMs; await pass(250)) {
    programs = [...bpfPrograms()].filter((id) => !before.programs.has(id));
    if (programs.length === 0) break;
  }
  if (programs.length > 0) left.push(`BPF programs are left: ${programs.join(", ")}`);
  return left;
}
