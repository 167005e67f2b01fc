/** One round: routers with programs of rules, packets through all of them, and what lasthop said. */
import type { Cause, Flow } from "../../../src/event/report.ts";
import type { Namespace } from "../../../src/lab/namespace.ts";
import { type Random, randomOf } from "../rules.ts";
import { bridge, firewall, traced, udp, type Yard } from "../yard.ts";
import { type Program, programOf } from "./program.ts";
import { flowsUncounted } from "./reread.ts";
import type { Place } from "./shapes.ts";
import { ENDS, rulesOf, type Truth, truthOf } from "./truth.ts";

interface Router {
  node: Namespace;
  kind: "routed" | "bridged" | "bridged past iptables";
  place: Place;
  program: Program;
}

interface Sent {
  router: Router;
  from: string;
  to: string;
  port: number;
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
  /** What was said and was not so, in words. */
  wrong: string[];
}

/** A tally of nothing. */
export const emptyTally = (): Tally => ({
  ...{ sent: 0, passed: 0, dropped: 0, named: 0, among: 0, untold: 0, unclear: 0 },
  wrong: [],
});

/** Nothing answers: an answer would go through rules, too, and count there. */
const SILENT = { "net.ipv4.icmp_ratelimit": 1_000_000_000 };

function routerOf(yard: Yard, random: Random, n: number): Router {
  const kind = random.pick(["routed", "bridged", "bridged past iptables", "routed"] as const);
  const node = kind === "routed" ? firewall(yard, n) : bridge(yard, n);
  const own = `10.${n}.1.1`;
  if (kind !== "routed") {
    node.address("br0", `${own}/24`).sysctl({
      "net.ipv4.ip_forward": 1,
      "net.bridge.bridge-nf-call-iptables": kind === "bridged" ? 1 : 0,
    });
    // What is routed out by the bridge it came in by may have come straight: no redirects.
    node.sysctl({ "net.ipv4.conf.all.send_redirects": 0, "net.ipv4.conf.br0.send_redirects": 0 });
  }
  node.sysctl(SILENT);
  yard.client.route(`10.${n}.9.0/24 via ${own}`);
  const place: Place = {
    server: kind === "routed" ? `10.${n}.2.2` : `10.${n}.1.3`,
    service: `10.${n}.9.9`,
    empty: `10.${n}.9.10`,
    own,
    clients: `10.${n}.1.2/32`,
    input: kind === "routed" ? "left" : "br0",
    output: kind === "routed" ? "right" : "br0",
  };
  // What nothing translates goes on to the server, which has no use for it.
  node.route(`10.${n}.9.0/24 via ${place.server}`);
  node.nft(ENDS);
  const program = programOf(random, place);
  for (const text of program.nft) node.nft(text);
  return { node, kind, place, program };
}

/** Policies would stop what waits for the network to be ready, so rules of iptables come after. */
async function load({ node, program }: Router): Promise<void> {
  for (
    const [tool, text] of [["iptables", program.iptables], ["iptables-legacy", program.legacy]]
  ) {
    if (text === "") continue;
    const { exitCode, stderr } = await node.run([
      "sh",
      "-c",
      `printf '%s' "$1" | ${tool}-restore --noflush`,
      "sh",
      text!,
    ]);
    if (exitCode !== 0) throw new Error(`${tool}: ${stderr}\n${text}`);
  }
}

function packetsOf({ place }: Router) {
  const { server, service, empty, own } = place;
  return [
    ...[[service, 53], [server, 5353], [server, 9000], [own, 30053], [own, 22], [empty, 53], [
      own,
      8053,
    ]]
      .map(([to, port]) => ({ isOwn: false, to: to as string, port: port as number })),
    ...[[service, 53], [server, 9000]].map(([to, port]) => ({
      isOwn: true,
      to: to as string,
      port: port as number,
    })),
  ];
}

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

/** Packets of one kind at a time through all routers at once; between them counters are read. */
async function traffic(yard: Yard, routers: Router[], random: Random, packets: number) {
  await Promise.all(routers.map(load));
  const orders = routers.map((router) => shuffled(random, packetsOf(router)).slice(0, packets));
  const sent: Sent[] = [];
  let before = await Promise.all(routers.map(({ node }) => rulesOf(node)));
  for (let i = 0; i < packets; i++) {
    await Promise.all(routers.map(({ node }, r) => {
      const { isOwn, to, port } = orders[r]![i]!;
      return udp(isOwn ? node : yard.client, to, port);
    }));
    const after = await settled(() => Promise.all(routers.map(({ node }) => rulesOf(node))));
    routers.forEach((router, r) => {
      const { isOwn, to, port } = orders[r]![i]!;
      const from = isOwn ? router.node.role : "client";
      sent.push({
        router,
        from,
        to,
        port,
        truth: truthOf(before[r]!, after[r]!, router.kind === "bridged past iptables"),
      });
    });
    before = after;
  }
  return sent;
}

function shuffled<T>(random: Random, list: readonly T[]): T[] {
  return list.map((each) => ({ each, rank: random.next() })).sort((a, b) => a.rank - b.rank)
    .map(({ each }) => each);
}

/** Builds, sends, asks, and compares. */
export async function round(seed: number, routers: number, packets: number): Promise<Tally> {
  const random = randomOf(seed);
  let all: Router[] = [];
  let sent: Sent[] = [];
  const folder = await Deno.makeTempDir();
  const archive = `${folder}/archive`;
  const flows = await traced(
    "fuzz",
    (yard) => {
      all = Array.from({ length: routers }, (_, i) => routerOf(yard, random, i + 1));
      yard.client.sysctl(SILENT);
      yard.server.sysctl(SILENT);
    },
    async (yard) => {
      sent = await traffic(yard, all, random, packets);
    },
    archive,
  );
  const tally = emptyTally();
  for (const each of sent) judge(each, flows, tally, seed);
  // Once more as if nothing had counted: what is said then rests on the evaluation alone.
  const uncounted = await flowsUncounted(archive);
  for (const each of sent) judge(each, uncounted, tally, seed);
  await Deno.remove(folder, { recursive: true });
  return tally;
}

function judge(sent: Sent, flows: readonly Flow[], tally: Tally, seed: number): void {
  const { router, from, to, port, truth } = sent;
  tally.sent++;
  const flow = flows.find((each) =>
    each.destination === to && each.destinationPort === port && isFrom(each, sent)
  );
  const about = `seed ${seed} ${router.node.role} ${router.kind} [${router.program.shapes}] ` +
    `${from} > ${to}:${port}`;
  if (!truth || !flow) {
    tally.unclear++;
    if (Deno.env.get("VERBOSE")) {
      console.log(`${about}: unclear, flow ${flow?.outcome} ${flow?.cause?.sentence}`);
    }
    return;
  }
  const cause = flow.cause;
  const isRefusal = cause !== undefined && cause !== null &&
    /netfilter-|service-without|conntrack-invalid/.test(cause.code) &&
    flow.lastHop.stage === "drop";
  if (truth.passed) {
    tally.passed++;
    if (isRefusal && flow.lastHop.node === router.node.role) {
      tally.wrong.push(`${about}: passed, and said ${cause.sentence}`);
    }
    return;
  }
  tally.dropped++;
  if (!isRefusal) {
    tally.wrong.push(
      `${about}: dropped by ${truth.keys}, and said ${flow.outcome} ${cause?.code} ${cause?.sentence}`,
    );
    return;
  }
  compare(cause, truth.keys, tally, about);
}

function isFrom(flow: Flow, { from, router }: Sent): boolean {
  const isClient = flow.source === router.place.clients.split("/")[0];
  return isClient === (from === "client");
}

function compare(cause: Cause, keys: readonly string[], tally: Tally, about: string): void {
  const told = cause.evidence.filter(({ kind }) => kind === "state").map(({ text }) => keyIn(text))
    .filter((key) => key !== null);
  const isUntold = /can't be told/.test(cause.sentence);
  if (!isUntold) {
    const named = told[0];
    if (named !== undefined && keys.includes(named)) tally.named++;
    else tally.wrong.push(`${about}: was ${keys}, said ${named}: ${cause.sentence}`);
    return;
  }
  if (/no rule or policy read there/.test(cause.sentence)) {
    tally.wrong.push(`${about}: was ${keys}, said ${cause.sentence}`);
  } else if (told.some((key) => keys.includes(key))) tally.among++;
  else {
    tally.untold++;
    if (Deno.env.get("VERBOSE")) console.log(`${about}: was ${keys}; ${cause.sentence}`);
  }
}

/** The rule or policy that a line of evidence shows, as `truthOf` names it. */
function keyIn(text: string): string | null {
  const found =
    /((?:iptables-nft|iptables-legacy|nft): \S+ table \S+ chain \S+?)(?: (rule \d+|handle \d+)|(:) type)/
      .exec(text);
  if (!found) return null;
  return found[3] ? `${found[1]}: policy` : `${found[1]} ${found[2]}`;
}
