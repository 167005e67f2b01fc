/** What the probe takes to read the lab, first and again, and to hear of its changes. */
import { setTimeout as wait } from "node:timers/promises";
import { execa } from "execa";
import {
  Condensed,
  findNetns,
  KnownStates,
  listNetns,
  type NetnsHandle,
  readCosted,
  Watch,
} from "../../../src/probe/state/mod.ts";
import { type Figure, figureOf } from "../goals/figures.ts";
import { LAB, type LabSize, nameOf } from "./lab.ts";
import { spent } from "./measure.ts";

/** Milliseconds of processor time, of the probe and of its tools, by what was done. */
export interface ReadingFigures {
  /** Milliseconds of processor time. */
  costMs: Record<string, Figure>;
  /** Characters of lines that are sent. */
  chars: Record<string, number>;
  /** MiB of memory of this process in the end. */
  memoryMiB: number;
}

const RUNS = 3;
/** Milliseconds in which nothing changes: what is measured is that time. */
const IDLE_MS = 3_000;

/** Reads one namespace as a session does: with what is known of it, and for what it sends. */
class Reader {
  readonly #known = new KnownStates();
  readonly #condensed = new Condensed();
  readonly watch = new Watch({
    onChange() {},
    onStale: (...told) => this.#known.heard(...told),
  });

  /** Resolves with the characters of the line that is sent. */
  async read(netns: NetnsHandle, withCounters = false): Promise<number> {
    this.watch.hearNow(netns.inode);
    if (!withCounters) await this.#known.freshen(netns, {});
    const kept = this.watch.hears(netns.inode) ? this.#known.keptOf(netns, withCounters) : {};
    const begun = this.#known.begin(netns, this.watch.hearsRules(netns.inode));
    const { state, keepable } = await readCosted(netns, { kept: () => kept });
    this.#known.end(netns, begun, keepable);
    return JSON.stringify(this.#condensed.of(state, () => new Set())).length;
  }
}

/** The lab must be there, of this size. */
export async function readingFigures(size: LabSize): Promise<ReadingFigures> {
  const reader = new Reader();
  const costMs: Record<string, Figure> = {};
  const chars: Record<string, number> = {};
  costMs["first look at /proc"] = await spent(1, listNetns);
  costMs["later look at /proc"] = await spent(RUNS, listNetns);
  const all = await listNetns();
  const lab = all.filter(({ name }) => name?.startsWith("nfb-"));
  costMs["beginning to hear"] = await spent(1, () => reader.watch.add(lab));
  const idle = await spent(1, () => wait(IDLE_MS));
  costMs["hearing, a second"] = figureOf([idle.median / IDLE_MS * 1_000]);
  const changes: Record<string, string[]> = {
    [nameOf(0)]: ["ip", "-n", nameOf(0), "link", "set", "lo", "mtu", "60000"],
    [LAB.rules]: [
      ...["ip", "netns", "exec", LAB.rules, "iptables-nft", "-t", "nat", "-A", "PREROUTING"],
      ...["-p", "sctp", "-j", "ACCEPT"],
    ],
    [LAB.entries]: [
      ...["ip", "-n", LAB.entries, "neigh", "replace", "10.1.0.1", "dev", "eth0"],
      ...["lladdr", "02:00:00:00:ff:ff", "nud", "permanent"],
    ],
    [LAB.connections]: ["ip", "-n", LAB.connections, "route", "add", "blackhole", "10.66.0.0/16"],
  };
  for (const [name, change] of Object.entries(changes)) {
    const handle = await findNetns(name);
    const read = async (what: string, runs: number, withCounters = false) => {
      costMs[`${name}, ${what}`] = await spent(runs, async () => {
        chars[`${name}, ${what}`] = await reader.read(handle, withCounters);
      });
    };
    await read("first", 1);
    await read("nothing changed", RUNS);
    await execa(change[0]!, change.slice(1));
    await read("one change", 1);
    if (name === LAB.rules) await read("for its counters", 1, true);
  }
  await reader.watch.stop();
  costMs["a namespace, of so many"] = await spent(RUNS, async () => {
    for (let i = 1; i <= Math.min(5, size.namespaces - 1); i++) {
      await readCosted(await findNetns(nameOf(i)));
    }
  });
  return { costMs, chars, memoryMiB: Deno.memoryUsage().rss / 2 ** 20 };
}
