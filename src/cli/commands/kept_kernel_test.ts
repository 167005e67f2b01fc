/** What `trace` and `probe` keep without being asked, and `replay` opens without being told which. */
import { deepStrictEqual as equal, match, ok } from "node:assert/strict";
import { runLasthop, startLasthop } from "../../../test/fake/lasthop.ts";
import { ping, type Wire, withWire } from "../../../test/fake/network.ts";
import { createClient } from "../../ingest/mod.ts";
import { Report } from "../../event/report.ts";

interface Place {
  wire: Wire;
  nodes: string[];
  /** The environment with a state folder of its own. */
  env: Record<string, string>;
}

/** Resolves when a file of that name is made; told by the kernel. */
async function nextFile(folder: string, name: RegExp): Promise<void> {
  for await (const { paths } of Deno.watchFs(folder)) {
    if (paths.some((path) => name.test(path))) return;
  }
}

const placed = (name: string, work: (place: Place) => Promise<void>) =>
  Deno.test(`kept: ${name}`, () =>
    withWire("lhps-k-", async (wire) => {
      const state = await Deno.makeTempDir({ prefix: "lasthop-kept-" });
      const nodes = ["--node", `a=${wire.a}`, "--node", `b=${wire.b}`];
      try {
        await work({ wire, nodes, env: { XDG_STATE_HOME: state } });
      } finally {
        await Deno.remove(state, { recursive: true });
      }
    }));

placed(
  "Ctrl-C keeps the incident, says where, and replay opens it",
  async ({ wire, nodes, env }) => {
    const trace = await startLasthop(["trace", "--json", "--no-listen", ...nodes, "icmp"], { env });
    await trace.ready();
    await wire.inside(wire.a, ping("10.77.0.2"));
    const live = await trace.end("SIGINT");
    equal(live.code, 0, live.stderr);
    const path = /to open it again: lasthop replay (\S+)\n/.exec(live.stderr)?.[1];
    ok(path?.startsWith(`${env.XDG_STATE_HOME}/lasthop/trace-`), live.stderr);
    const replayed = await runLasthop(["replay", "--json"], { env });
    equal(replayed.stdout, live.stdout);
    match(replayed.stderr, /opening what was kept last, \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC: \//);
    ok(replayed.stderr.includes(path!));
  },
);

placed("its page hears that it ended, and where it is kept", async ({ wire, nodes, env }) => {
  const listen = ["--listen", "127.0.0.1:0"];
  const trace = await startLasthop(["trace", "--json", ...listen, ...nodes, "icmp"], { env });
  const [, url, incident, token] = /page: (http:\S+)\/incidents\/(\S+)#token=(\S+)/.exec(
    await trace.finds(/page: \S+\n/),
  )!;
  await trace.ready();
  const live = createClient({ url: url!, token: token! }).live(incident!);
  await live.next();
  await wire.inside(wire.a, ping("10.77.0.2"));
  const heard = Array.fromAsync(live);
  const { stderr } = await trace.end();
  const path = /to open it again: lasthop replay (\S+)\n/.exec(stderr)![1];
  const { event, data } = (await heard).at(-1)!;
  equal([event, data], ["end", { reason: "closed", archive: path }]);
});

placed("a trace that is killed leaves what it had written", async ({ wire, nodes, env }) => {
  const trace = await startLasthop(["trace", "--no-listen", ...nodes, "icmp"], { env });
  await trace.ready();
  await wire.inside(wire.a, ["ping", "-q", "-f", "-c", "3000", "10.77.0.2"]);
  await nextFile(`${env.XDG_STATE_HOME}/lasthop`, /\.open\/\d+\.(full|thin)\.gz$/);
  await trace.end("SIGKILL");
  const replayed = await runLasthop(["replay", "--json"], { env });
  equal(replayed.code, 0, replayed.stderr);
  match(replayed.stderr, /it was killed, so its end is missing/);
  const { flows, nodes: seen } = Report.parse(JSON.parse(replayed.stdout));
  ok(flows.some(({ packets }) => packets.delivered > 100));
  equal(seen.map(({ name }) => name), ["a", "b"]);
  // It is an archive as others are now.
  const again = await runLasthop(["replay", "--json"], { env });
  equal(again.stdout, replayed.stdout);
});

placed("an archive that cannot be written is refused at the start", async ({ nodes, env }) => {
  const asked = ["--archive", `${env.XDG_STATE_HOME}/none/a.gz`, ...nodes];
  const { code, stderr } = await runLasthop(["trace", "--no-listen", ...asked], { env });
  equal(code, 1);
  match(stderr, /^lasthop: Cannot write archive ".*none\/a\.gz": No such file/m);
  ok(!stderr.includes("attaching"), stderr);
});

placed("--archive and --no-archive keep nothing else", async ({ wire, nodes, env }) => {
  const file = `${env.XDG_STATE_HOME}/asked.lasthop.gz`;
  for (const asked of [["--archive", file], ["--no-archive"]]) {
    const trace = await startLasthop(["trace", "--no-listen", ...nodes, ...asked, "icmp"], { env });
    await trace.ready();
    await wire.inside(wire.a, ping("10.77.0.2"));
    const { stderr } = await trace.end();
    equal(stderr.includes(`to open it again: lasthop replay ${file}`), asked.length === 2, stderr);
  }
  const none = await runLasthop(["replay", "--json"], { env });
  equal(none.code, 2);
  match(none.stderr, /Cannot open the last archive: .* has none/);
});

placed("a probe keeps what it saw, though its ingest was away", async ({ wire, nodes, env }) => {
  const spool = `${env.XDG_STATE_HOME}/spool`;
  // Nobody answers at the discard port.
  const to = ["--ingest", "http://127.0.0.1:9", "--incident", "away", "--spool", spool];
  const probe = await startLasthop(["probe", ...to, ...nodes, "icmp"], { env });
  await probe.ready();
  await wire.inside(wire.a, ping("10.77.0.2"));
  const { code, stderr } = await probe.end();
  equal(code, 1, stderr);
  match(stderr, /the rest waits in .*spool for the next start/);
  match(
    stderr,
    /to open it again: lasthop replay \S+\/lasthop\/away-\d{8}-\d{6}-\w{4}\.lasthop\.gz/,
  );
  const { stdout } = await runLasthop(["replay", "--json"], { env });
  const { incident, flows } = Report.parse(JSON.parse(stdout));
  equal(incident, "away");
  equal(flows.map(({ source, outcome }) => [source, outcome]), [
    ["10.77.0.1", "delivered"],
    ["10.77.0.2", "delivered"],
  ]);
});
