/** The probe with the rights and bounds that deploy/ gives it, and no more. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { withIngest } from "../../src/cli/asking/testing.ts";
import type { Report } from "../../src/event/report.ts";
import { createClient } from "../../src/ingest/client/client.ts";
import { Pair } from "../bpftrace/pair.ts";
import { Process } from "../soak/process.ts";
import { type Bounds, Cgroup, whyNoCgroup } from "./cgroup.ts";

const TOKEN = "operator-of-this-test";
const MIB = 2 ** 20;
const path = (name: string) => new URL(`../../${name}`, import.meta.url).pathname;
const PROBE = [Deno.execPath(), "run", "-A", "--cached-only", "--config", path("deno.json")]
  .concat(path("src/cli/main.ts"), "probe");
const read = (name: string) => Deno.readTextFile(path(name));

const unit = await read("deploy/systemd/lasthop-probe@.service");
const said = (name: string) => new RegExp(`^${name}=(.*)$`, "m").exec(unit)?.[1] ?? "";
const capabilities = said("CapabilityBoundingSet").split(" ").map((name) =>
  name.replace("CAP_", "").toLowerCase()
);
const bounds: Bounds = {
  cpuPercent: Number(/^(\d+)%$/.exec(said("CPUQuota"))?.[1]),
  memoryBytes: Number(/^(\d+)M$/.exec(said("MemoryMax"))?.[1]) * MIB,
};

Deno.test("the unit and the container give a probe the same rights and bounds", async () => {
  deepEqual([bounds.cpuPercent, bounds.memoryBytes / MIB, capabilities.length], [20, 256, 9]);
  const docs = await read("docs/deploy.md");
  const run = /^podman run [^\n]*lasthop-probe[^\n]*$/m.exec(docs)?.[0] ?? "";
  const added = [...run.matchAll(/--cap-add[= ](\S+)/g)].flatMap(([, list]) => list!.split(","));
  deepEqual(added.map((name) => name.toLowerCase()).sort(), [...capabilities].sort());
  match(run, /--cap-drop[= ]all/);
  match(run, /--cpus[= ]0\.2 /);
  match(run, /--memory[= ]256m /);
  match(run, /--security-opt no-new-privileges/);
});

interface Traced {
  report: Report;
  peakMiB: number;
}

/** Traces the pair with a probe that has the unit's rights and bounds, while `traffic` runs. */
async function bounded(pair: Pair, traffic: () => Promise<void>): Promise<Traced> {
  const cgroup = await Cgroup.make(bounds);
  const spool = await Deno.makeTempDir({ prefix: "lasthop-test-" });
  try {
    let traced: Traced | undefined;
    await withIngest(async ({ url }) => {
      const client = createClient({ url, token: TOKEN });
      await client.createIncident({ id: "i" });
      const nodes = pair.names.flatMap((name) => ["--node", `${name}=${name}`]);
      const args = ["--ingest", url, "--incident", "i", "--spool", `${spool}/s`, ...nodes];
      const env = { LASTHOP_TOKEN: TOKEN };
      const allowed = `-all,${capabilities.map((name) => `+${name}`).join(",")}`;
      const probe = new Process({
        name: "probe",
        command: () => {
          const rights = ["--bounding-set", allowed, "--inh-caps", allowed, "--no-new-privs"];
          const [program, ...words] = cgroup.within(["setpriv", ...rights, ...PROBE, ...args]);
          return new Deno.Command(program, {
            args: words,
            env,
            stdin: "null",
            stdout: "piped",
            stderr: "piped",
          });
        },
        ready: /ready: reporting/,
        onTrouble: () => {},
      });
      await probe.start();
      ok(probe.isReady, probe.tail);
      const status = await Deno.readTextFile(`/proc/${probe.pid}/status`);
      const mask = BigInt(`0x${/^CapEff:\t(\w+)$/m.exec(status)?.[1]}`);
      equal(mask.toString(2).replaceAll("0", "").length, capabilities.length);
      await traffic();
      probe.signal("SIGINT");
      equal((await probe.ended())?.code, 0, probe.tail);
      equal(await cgroup.killed(), 0, "the kernel ended a process for want of memory");
      traced = { report: await client.report("i"), peakMiB: await cgroup.peakBytes() / MIB };
    }, TOKEN);
    return traced!;
  } finally {
    await cgroup.remove();
    await Deno.remove(spool, { recursive: true });
  }
}

const why = await whyNoCgroup();

function boundedTest(title: string, use: (pair: Pair) => Promise<void>): void {
  Deno.test({
    name: why === null ? title : `${title}, not tried: ${why}`,
    ignore: why !== null,
    async fn() {
      const pair = await Pair.create(`lhr${crypto.randomUUID().slice(0, 6)}`);
      try {
        await use(pair);
      } finally {
        await pair.remove();
      }
    },
  });
}

boundedTest("nine capabilities, a fifth of a processor and 256 MiB suffice", async (pair) => {
  const { report, peakMiB } = await bounded(pair, () => pair.ping(50));
  for (const { scripts, lost } of report.nodes) {
    deepEqual(scripts.filter(({ state }) => state !== "attached"), []);
    equal(lost, 0);
  }
  const flow = report.flows.find(({ destination }) => destination === "10.77.0.2");
  deepEqual([flow?.outcome, flow?.packets.delivered], ["delivered", 50]);
  console.log(`peak ${peakMiB.toFixed(0)} MiB`);
});

boundedTest(
  "[O5] a flood that the bounds cannot carry is lost, counted, and accuses nobody",
  async (pair) => {
    const { report, peakMiB } = await bounded(pair, () => pair.flood(20_000, 1));
    const lost = report.nodes.reduce((sum, node) => sum + node.lost, 0);
    const flows = report.flows.filter(({ protocol }) => protocol === "icmp");
    ok(flows.length > 0, "nothing was seen");
    for (const { outcome, cause, packets, id } of flows) {
      ok(outcome === "delivered" || outcome === "unknown", `${id} is ${outcome}`);
      equal(cause, undefined);
      ok(packets.seen === 20_000 || lost > 0, `${id}: ${packets.seen} seen and nothing lost`);
    }
    console.log(`lost ${lost} events, peak ${peakMiB.toFixed(0)} MiB`);
  },
);
