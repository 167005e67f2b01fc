/**
 * Many rules as kube-proxy writes them, in both backends of iptables: all are read, a service is
 * followed by them, and the rule that refuses behind the translation is named. What it takes is
 * printed. `SERVICES=3000` is 33,000 rules, whose figures are in docs/limits.md; a machine that has
 * more to do needs longer for them than a reading may take.
 */
import { deepEqual, equal, match } from "node:assert/strict";
import { analyse } from "../../src/analysis/mod.ts";
import type { Flow } from "../../src/event/report.ts";
import type { Namespace } from "../../src/lab/namespace.ts";
import { Topology } from "../../src/lab/topology.ts";
import { findNetns } from "../../src/probe/state/netns.ts";
import { readCosted } from "../../src/probe/state/read.ts";
import { loadAll } from "../mutation/load.ts";
import { emptyAddress, LAST_EMPTY, manyRules, serviceAddress } from "./many_rules.ts";
import { firewall, tcp, trace } from "./yard.ts";

const SERVICES = Number(Deno.env.get("SERVICES") ?? 1000);
const SERVICE = serviceAddress(SERVICES - 1);
const EMPTY = emptyAddress(LAST_EMPTY);

/** Longer than anything the lab does: a busy machine takes a minute for them. */
const LOAD_MS = 240_000;

async function load(router: Namespace, tool: string, input: string): Promise<void> {
  const options = { input, timeoutMs: LOAD_MS };
  const { exitCode, stderr } = await router.run([tool, "--noflush"], options);
  equal(exitCode, 0, `${tool}: ${stderr}`);
}

/** Seconds that something took. */
async function timed<T>(work: () => Promise<T> | T): Promise<{ result: T; seconds: string }> {
  const begin = performance.now();
  const result = await work();
  return { result, seconds: ((performance.now() - begin) / 1000).toFixed(1) };
}

/** Behind a router with these rules a client asks the last service, and the last that has no endpoint. */
async function asked(tool: string): Promise<{ flows: Flow[]; figures: string }> {
  const topology = new Topology({ name: "many", prefix: `lhnf${crypto.randomUUID().slice(0, 6)}` });
  const yard = {
    ...{ topology, client: topology.namespace("client"), server: topology.namespace("server") },
  };
  const router = firewall(yard, 1);
  for (const to of [SERVICE, EMPTY]) yard.client.route(`${to}/32 via 10.1.1.1`);
  router.route(`${EMPTY}/32 via 10.1.2.2`);
  const folder = await Deno.makeTempDir();
  try {
    await topology.apply();
    const text = manyRules({ services: SERVICES, server: "10.1.2.2" });
    const loaded = await timed(() => load(router, tool, text));
    const read = await timed(async () =>
      await readCosted(await findNetns(router.name), { timeoutMs: LOAD_MS })
    );
    const { state, costMs } = read.result;
    deepEqual(state.gaps.filter(({ what }) => /rule|chain|iptables|netfilter/.test(what)), []);
    const { flows } = await trace(yard, async ({ client }) => {
      await tcp(client, SERVICE, 80);
      await tcp(client, EMPTY, 80);
    }, `${folder}/many.lasthop`);
    const [archive] = await loadAll(folder);
    const judged = await timed(() => analyse(archive!.input));
    const bytes = (await Deno.stat(`${folder}/many.lasthop`)).size;
    const figures =
      `${tool}: ${state.netfilter.length} rules, loaded in ${loaded.seconds} s, read ` +
      `in ${read.seconds} s (${(costMs / 1000).toFixed(1)} s of a processor), judged in ` +
      `${judged.seconds} s, archive ${Math.round(bytes / 1024)} KiB`;
    return { flows, figures };
  } finally {
    await Deno.remove(folder, { recursive: true });
    await topology.down();
  }
}

for (const tool of ["iptables-restore", "iptables-legacy-restore"]) {
  Deno.test({
    name: `[N6] ${SERVICES * 11} rules of ${tool}: the one behind a translation is named`,
    ignore: Deno.uid() !== 0,
    async fn() {
      const { flows, figures } = await asked(tool);
      console.log(figures);
      const translated = flows.find(({ id }) => id.includes(SERVICE))!;
      const empty = flows.find(({ id }) => id.includes(EMPTY))!;
      equal(translated.cause?.code, "netfilter-drop", JSON.stringify(translated.cause));
      match(JSON.stringify(translated.cause), /chain FORWARD.*-d 10\.1\.2\.2\/32.*DROP/);
      equal(empty.cause?.code, "service-without-endpoint", JSON.stringify(empty.cause));
    },
  });
}
