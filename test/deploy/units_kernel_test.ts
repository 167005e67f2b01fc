/** The systemd units as docs/deploy.md installs them, run by a real systemd. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { droppedPacket, withIngest } from "../../src/cli/asking/testing.ts";
import { createClient } from "../../src/ingest/client/client.ts";
import { Pair } from "../bpftrace/pair.ts";
import { npmToolOrWhy } from "../../deploy/npm_tool.ts";
import { Systemd, UNITS as UNIT_FILES, whyNoSystemd } from "./systemd.ts";
import { builtWorkerd } from "./workerd_server.ts";

const TOKEN = "operator-of-this-test";
const why = await whyNoSystemd();
const whyNoWorkerd = why ?? (await npmToolOrWhy("workerd")).why ?? null;

function unitTest(
  title: string,
  etc: Record<string, string>,
  use: (systemd: Systemd) => Promise<void>,
  needsWorkerd = false,
): void {
  const lacks = needsWorkerd ? whyNoWorkerd : why;
  Deno.test({
    name: lacks === null ? title : `${title}, not tried: ${lacks}`,
    ignore: lacks !== null,
    async fn() {
      const systemd = await Systemd.boot(etc, needsWorkerd ? await builtWorkerd() : "");
      try {
        await use(systemd);
      } finally {
        await systemd.stop();
      }
    },
  });
}

/** "Uid", "CapEff", … of a process. */
async function statusOf(pid: number): Promise<Record<string, string>> {
  const text = await Deno.readTextFile(`/proc/${pid}/status`);
  return Object.fromEntries(text.trim().split("\n").map((line) => line.split(":\t")));
}

const UNITS = [
  ...["lasthop.service", "lasthop-workerd.service", "lasthop-probe@i.service"],
  "lasthop-record.service",
];

unitTest("every unit is one systemd understands, without a warning", {}, async (systemd) => {
  for (const unit of UNITS) {
    equal(await systemd.inside("systemd-analyze", "verify", unit), "");
  }
}, true);

unitTest("the serving units are as closed as systemd can tell", {}, async (systemd) => {
  for (const unit of ["lasthop.service", "lasthop-workerd.service"]) {
    const flags = ["--no-pager", "--offline=yes", "--threshold=15"];
    const path = `/opt/stage/units/${unit}`;
    const said = await systemd.inside("systemd-analyze", "security", ...flags, path);
    match(said, /exposure level for lasthop\S*\.service: 1\.\d OK/);
  }
});

/** Starts a serving unit, kills it, and finds everything again after it started by itself. */
async function servesOn(
  systemd: Systemd,
  unit: string,
  url: (start: number) => Promise<string>,
): Promise<void> {
  await systemd.inside("systemctl", "start", unit);
  const first = createClient({ url: await url(1), token: TOKEN });
  await first.createIncident({ id: "i" });
  equal((await first.postBatch("i", droppedPacket("i", 1))).accepted, 1);
  const report = await first.report("i");
  equal(report.flows[0]?.outcome, "dropped");

  const pid = await systemd.mainPid(unit);
  const { Uid, CapEff, CapBnd, NoNewPrivs, Seccomp } = await statusOf(pid);
  ok(Number(Uid!.split("\t")[0]) >= 61_184, `runs as ${Uid}, must be a dynamic user`);
  deepEqual([CapEff, CapBnd], ["0".repeat(16), "0".repeat(16)]);
  deepEqual([NoNewPrivs, Seccomp], ["1", "2"]);
  Deno.kill(pid, "SIGKILL");

  const again = await url(2);
  const second = createClient({ url: again, token: TOKEN });
  deepEqual(await second.report("i"), report);
  match(await (await fetch(again)).text(), /<title>/);
  await systemd.inside("systemctl", "stop", unit);
  equal(await systemd.property(unit, "Result"), "success");
  equal(await systemd.property(unit, "ExecMainStatus"), "0");
}

const SERVE = { "serve.env": `LASTHOP_TOKEN=${TOKEN}\nLASTHOP_LISTEN=127.0.0.1:0\n` };

unitTest(
  "lasthop.service keeps what it acknowledged when it is killed",
  SERVE,
  (systemd) =>
    servesOn(systemd, "lasthop.service", (start) => systemd.line("lasthop.out", /http:\S+/, start)),
);

/** workerd does not tell which port the system chose. */
function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  listener.close();
  return listener.addr.port;
}

const at = `127.0.0.1:${freePort()}`;
const WORKERD = { "workerd.env": `ROOT_TOKEN=${TOKEN}\nLASTHOP_LISTEN=${at}\n` };

unitTest(
  "lasthop-workerd.service keeps it, too",
  WORKERD,
  (systemd) =>
    servesOn(systemd, "lasthop-workerd.service", async () => {
      await systemd.inside(
        "curl",
        "-sf",
        "--retry",
        "100",
        "--retry-delay",
        "0",
        "--retry-all-errors",
        `http://${at}/healthz`,
      );
      return `http://${at}`;
    }),
  true,
);

Deno.test({ name: "lasthop-probe@ reports what its node saw", ignore: why !== null, fn: probes });

async function probes(): Promise<void> {
  const pair = await Pair.create(`lhu${crypto.randomUUID().slice(0, 6)}`);
  try {
    await withIngest(async ({ url }) => {
      const operator = createClient({ url, token: TOKEN });
      await operator.createIncident({ id: "checkout-down" });
      const { token } = await operator.createToken("checkout-down", { role: "probe" });
      const env = [`LASTHOP_INGEST=${url}`, `LASTHOP_TOKEN=${token}`];
      const filter = "LASTHOP_FILTER=icmp and host 10.77.0.2";
      const command = "LASTHOP_COMMAND=probe";
      const systemd = await Systemd.boot({ "probe.env": [...env, filter, command, ""].join("\n") });
      try {
        const unit = "lasthop-probe@checkout-down.service";
        await systemd.inside("systemctl", "start", unit);
        await systemd.line("lasthop-probe.err", /ready: reporting/);
        await pair.ping(5);
        await systemd.inside("systemctl", "stop", unit);
        equal(await systemd.property(unit, "ExecMainStatus"), "0");
      } finally {
        await systemd.stop();
      }
      const { flows, nodes: [node] } = await operator.report("checkout-down");
      deepEqual(node?.scripts.filter(({ state }) => state !== "attached"), []);
      const request = flows.find(({ destination }) => destination === "10.77.0.2");
      deepEqual([request?.outcome, request?.packets.delivered], ["delivered", 5]);
    }, TOKEN);
  } finally {
    await pair.remove();
  }
}

Deno.test({
  name: "lasthop-record records, and lasthop-probe@ does unless it is told otherwise",
  ignore: why !== null,
  fn: records,
});

/** It starts with the rights that it has, records, and ends well. */
async function records(): Promise<void> {
  const probe = await Deno.readTextFile(`${UNIT_FILES}/lasthop-probe@.service`);
  match(probe, /^Environment=LASTHOP_COMMAND=record$/m);
  const pair = await Pair.create(`lhr${crypto.randomUUID().slice(0, 6)}`);
  try {
    const systemd = await Systemd.boot({ "record.env": "LASTHOP_RECORD=icmp\n" });
    try {
      await systemd.inside("systemctl", "start", "lasthop-record.service");
      await systemd.line("lasthop-record.err", /ready: recording/);
      await pair.ping(5);
      await systemd.inside("systemctl", "stop", "lasthop-record.service");
      equal(await systemd.property("lasthop-record.service", "ExecMainStatus"), "0");
    } finally {
      await systemd.stop();
    }
  } finally {
    await pair.remove();
  }
}
