/** One round: routers with programs of rules, packets through all of them, and what lasthop said. */
import type { Cause } from "../../../src/event/report.ts";
import { requirePackages } from "../../debian/packages.ts";
import { type Random, randomOf } from "../rules.ts";
import { traced, type Yard } from "../yard.ts";
import { hostsOf, load, type Router, routerOf } from "./router.ts";
import { type AllSaid, leftOutOf, saidKey, saidOf } from "./said.ts";
import { End } from "./sockets.ts";
import { type Side, type Step, talkOf } from "./talks.ts";
import { rulesOf, type Truth, truthOf } from "./truth.ts";
import { encode } from "./wire.ts";

interface Sent {
  router: Router;
  /** Who sent what, in words. */
  words: string;
  length: number;
  truth: Truth;
}

/** How many packets came to what, over a round or several. */
export interface Tally {
  /** Each counts twice: as it was told, and as if the rules had no counters. */
  sent: number;
  passed: number;
  dropped: number;
  /** Named, and it was that rule or policy. */
  named: number;
  /** Not named; the one that did it is among those that are told. */
  among: number;
  /** Not named, and it is not told among others: no wrong word, but of little help. */
  untold: number;
  /** The readings could not tell what became of it. */
  unclear: number;
  /** Runs of the scripts that the kernel left out. */
  leftOut: number;
  /** What was said and was not so, in words. */
  wrong: string[];
  /** What was said where nothing was named, and of what is unclear. */
  notNamed: string[];
}

/** A tally of nothing. */
export const emptyTally = (): Tally => ({
  ...{ sent: 0, passed: 0, dropped: 0, named: 0, among: 0, untold: 0, unclear: 0, leftOut: 0 },
  ...{ wrong: [], notNamed: [] },
});

/** Readings that are the same twice in a row: the packets have passed all rules they meet. */
async function settled<T>(read: () => Promise<T>): Promise<T> {
  let before = await read();
  for (let again = 0; again < READINGS_MAX; again++) {
    const now = await read();
    if (JSON.stringify(now) === JSON.stringify(before)) return now;
    before = now;
  }
  throw new Error(`counters still rise after ${READINGS_MAX} readings, must settle`);
}

/** Each reading takes tens of milliseconds. */
const READINGS_MAX = 50;

/** Long enough for an error of IPv6 and what it quotes. */
const LENGTH_FIRST = 120;

/** One packet a router at a time, all routers at once; between them counters are read. */
async function traffic(yard: Yard, routers: Router[], random: Random, packets: number) {
  await Promise.all(routers.map(load));
  const ends = {
    client: new End(yard.client.name, { hears: true }),
    server: new End(yard.server.name, { hears: true }),
    own: routers.map(({ node }) => new End(node.name, { hears: false })),
  };
  const endOf = (side: Side, r: number) => side === "own" ? ends.own[r]! : ends[side];
  const plans = routers.map(({ place }, r) => planOf(random, place, 40_000 + 100 * r, packets));
  const read = () => Promise.all(routers.map(({ node, place }) => rulesOf(node, place.six)));
  const sent: Sent[] = [];
  let before = await read();
  for (let i = 0; i < packets; i++) {
    const words: string[] = [];
    const lengthOf = (r: number) => LENGTH_FIRST + i * routers.length + r;
    routers.forEach((_, r) => {
      const step = plans[r]![i]!;
      const wire = step.wire();
      words.push(`${step.side} ${step.words}: ${wire.from} > ${wire.to}`);
      endOf(step.side, r).send(encode(wire, lengthOf(r)), wire.to);
    });
    const after = await settled(read);
    for (const side of ["client", "server"] as const) {
      for (const heard of ends[side].heard()) {
        const step = plans[heard.length - lengthOf(0)]?.[i];
        if (step) step.memory[side] = heard;
      }
    }
    routers.forEach((router, r) => {
      const truth = truthOf(before[r]!, after[r]!, router.kind === "bridged past iptables");
      sent.push({ router, words: words[r]!, length: lengthOf(r), truth });
    });
    before = after;
  }
  for (const end of [ends.client, ends.server, ...ends.own]) end.close();
  return sent;
}

/** Talks one after the other, as many packets as asked for. */
function planOf(random: Random, place: Router["place"], port: number, packets: number): Step[] {
  const steps: Step[] = [];
  for (let talk = 0; steps.length < packets; talk++) {
    steps.push(...talkOf(random, place, port + talk));
  }
  return steps.slice(0, packets);
}

/** Builds, sends, asks, and compares. */
export async function round(
  seed: number,
  { routers, packets, only }: { routers: number; packets: number; only?: RegExp },
): Promise<Tally> {
  await requirePackages(["ipset"]);
  const random = randomOf(seed);
  let all: Router[] = [];
  let sent: Sent[] = [];
  const folder = await Deno.makeTempDir();
  const archive = `${folder}/archive`;
  await traced(
    "fuzz",
    (yard) => {
      hostsOf(yard);
      all = Array.from({ length: routers }, (_, i) => routerOf(yard, random, i + 1, only));
    },
    async (yard) => {
      sent = await traffic(yard, all, random, packets);
    },
    archive,
  );
  const tally = { ...emptyTally(), leftOut: await leftOutOf(archive) };
  // Which rule it was then rests on the evaluation alone.
  for (const counted of [true, false]) {
    const said = await saidOf(archive, counted);
    for (const each of sent) judge(each, said, tally, `seed ${seed}${counted ? "" : " uncounted"}`);
  }
  await Deno.remove(folder, { recursive: true });
  return tally;
}

function judge({ router, words, length, truth }: Sent, all: AllSaid, tally: Tally, run: string) {
  tally.sent++;
  const said = all.get(saidKey(router.node.role, length));
  const about = `${run} ${router.node.role} ${router.kind} [${router.program.shapes}] ${words}`;
  const notNamed = (text: string) => tally.notNamed.push(`${about}: ${text}`);
  if (!truth || (!truth.passed && !said)) {
    tally.unclear++;
    notNamed(`unclear, ${JSON.stringify(truth)}, ${said?.freed} ${said?.cause?.sentence}`);
    return;
  }
  const cause = said?.cause;
  const isRefusal = cause !== undefined && cause !== null && REFUSALS.test(cause.code);
  if (truth.passed) {
    tally.passed++;
    if (isRefusal) tally.wrong.push(`${about}: passed, and said ${cause.sentence}`);
    return;
  }
  tally.dropped++;
  if (!isRefusal) {
    const text = `${said?.freed}: ${cause?.code} ${cause?.sentence}`;
    tally.wrong.push(`${about}: dropped by ${truth.keys}, and said ${text}`);
    return;
  }
  compare(cause, truth.keys, tally, about, notNamed);
}

const REFUSALS = /netfilter-|service-without|conntrack-invalid/;

function compare(
  cause: Cause,
  keys: readonly string[],
  tally: Tally,
  about: string,
  notNamed: (text: string) => unknown,
): void {
  const told = cause.evidence.filter(({ kind }) => kind === "state").map(({ text }) => keyIn(text))
    .filter((key) => key !== null);
  if (!/can't be told/.test(cause.sentence)) {
    const named = told[0];
    if (named !== undefined && keys.includes(named)) tally.named++;
    else tally.wrong.push(`${about}: was ${keys}, said ${named}: ${cause.sentence}`);
    return;
  }
  if (/no rule or policy read there/.test(cause.sentence)) {
    tally.wrong.push(`${about}: was ${keys}, said ${cause.sentence}`);
  } else if (told.some((key) => keys.includes(key))) {
    tally.among++;
    notNamed(`was ${keys}, among ${told.length}; ${cause.sentence}`);
  } else {
    tally.untold++;
    notNamed(`was ${keys}; ${cause.sentence}`);
  }
}

/** The rule or policy that a line of evidence shows, as `truthOf` names it. */
function keyIn(text: string): string | null {
  const found =
    /((?:iptables-nft|iptables-legacy|nft): \S+ table \S+ chain \S+?)(?: (rule \d+|handle \d+)|(:) type)/
      .exec(text.replace(/\bip6tables-/, "iptables-"));
  if (!found) return null;
  return found[3] ? `${found[1]}: policy` : `${found[1]} ${found[2]}`;
}
