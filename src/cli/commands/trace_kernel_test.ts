import { deepStrictEqual as equal, match, ok } from "node:assert/strict";
import { descendants, gone, runLasthop, startLasthop } from "../../../test/fake/lasthop.ts";
import { ping, type Wire, withWire } from "../../../test/fake/network.ts";
import { Report } from "../../event/report.ts";
import { gunzip } from "../../probe/ship/gzip.ts";

const wired = (name: string, work: (wire: Wire) => Promise<void>) =>
  Deno.test(`trace: ${name}`, () => withWire("lhps-t-", work));

const nodes = ({ a, b }: Wire) => ["--node", `a=${a}`, "--node", `b=${b}`];

wired(
  "packets between two nodes reach the report, and stdout is the report alone",
  async (wire) => {
    const archive = await Deno.makeTempFile();
    const trace = await startLasthop(
      ["trace", "--json", "--no-listen", "--archive", archive, ...nodes(wire), "icmp"],
    );
    await trace.ready();
    await wire.inside(wire.a, ping("10.77.0.2"));
    const { code, stdout, stderr } = await trace.end();
    equal(code, 0, stderr);
    const report = Report.parse(JSON.parse(stdout));
    equal(report.nodes.map(({ name }) => name), ["a", "b"]);
    ok(report.nodes.every(({ events }) => events >= 4), stderr);
    equal(report.nodes.map(({ lost }) => lost), [0, 0]);
    equal(report.flows.map(({ source, outcome, packets }) => [source, outcome, packets.seen]), [
      ["10.77.0.1", "delivered", 2],
      ["10.77.0.2", "delivered", 2],
    ]);
    match(stderr, /reading state of 2 namespaces….*attaching.*ready: send your traffic/s);
    const lines = (await gunzip(await Deno.readFile(archive))).split("\n");
    ok(lines.filter((line) => line.startsWith("device-rx")).length >= 4);
    await Deno.remove(archive);
  },
);

// The stack of a program has 512 bytes, and bpftrace refuses one that needs more.
for (
  const filter of [
    "tcp and host fd00:10:96::10 and port 80",
    "udp port 5001",
    "host fd00:10:96::10",
  ]
) {
  wired(`the filter ${filter} is taken as it is in three namespaces`, async (wire) => {
    const third = `${wire.a}-3`;
    const ip = (...args: string[]) => new Deno.Command("ip", { args }).output();
    await ip("netns", "add", third);
    try {
      const places = [...nodes(wire), "--node", `c=${third}`];
      const trace = await startLasthop(["trace", "--json", "--no-listen", ...places, filter]);
      await trace.ready();
      const { code, stderr } = await trace.end();
      equal(code, 0, stderr);
      equal(stderr.match(/refused/g), null, stderr);
    } finally {
      await ip("netns", "del", third);
    }
  });
}

for (const signal of ["SIGTERM", "SIGHUP"] as const) {
  wired(`${signal} ends it as SIGINT does: with the report and nothing left`, async (wire) => {
    const trace = await startLasthop(["trace", "--json", "--no-listen", ...nodes(wire)]);
    await trace.ready();
    const children = descendants(trace.pid);
    ok(children.some(({ name }) => name.startsWith("bpftrace")));
    const { code, stdout } = await trace.end(signal);
    equal(code, 0);
    Report.parse(JSON.parse(stdout));
    await Promise.all(children.map(({ pid }) => gone(pid)));
  });
}

wired("Ctrl-C, which reaches the whole process group, ends it in order", async (wire) => {
  const args = ["trace", "--json", "--no-listen", ...nodes(wire), "icmp"];
  const trace = await startLasthop(args, { prefix: ["setsid"] });
  await trace.ready();
  await wire.inside(wire.a, ping("10.77.0.2"));
  Deno.kill(-trace.pid, "SIGINT");
  const { code, stdout, stderr } = await trace.ended;
  equal(code, 0, stderr);
  const report = Report.parse(JSON.parse(stdout));
  ok(report.nodes.every(({ events }) => events >= 4), stderr);
  ok(report.nodes.every(({ scripts }) => scripts.every(({ state }) => state === "attached")));
});

wired("killed, it leaves nothing attached", async (wire) => {
  const trace = await startLasthop(["trace", "--no-listen", ...nodes(wire)]);
  await trace.ready();
  const children = descendants(trace.pid).filter(({ name }) => name.startsWith("bpftrace"));
  equal(children.length, 1);
  const { signal } = await trace.end("SIGKILL");
  equal(signal, "SIGKILL");
  await Promise.all(children.map(({ pid }) => gone(pid)));
});

wired("a bpftrace that is killed ends it with what was seen, and says so", async (wire) => {
  const archive = await Deno.makeTempFile();
  const trace = await startLasthop([
    ...["trace", "--no-listen", "--archive", archive],
    ...[...nodes(wire), "icmp"],
  ], { env: { LC_ALL: "C.UTF-8" } });
  await trace.ready();
  await wire.inside(wire.a, ping("10.77.0.2"));
  // On a busy machine a bpftrace prints late what it saw.
  await trace.says("answered");
  for (const { pid, name } of descendants(trace.pid)) {
    if (name.startsWith("bpftrace")) Deno.kill(pid, "SIGKILL");
  }
  const { code, stderr } = await trace.ended;
  equal(code, 0);
  match(stderr, /Cannot go on tracing: bpftrace ended by itself \(killed by SIGKILL\)/);
  const { stdout } = await runLasthop(["replay", "--json", "--no-listen", archive]);
  const report = Report.parse(JSON.parse(stdout));
  ok(report.nodes.every(({ events }) => events >= 4));
  ok(report.nodes.every(({ scripts }) => scripts.every(({ state }) => state === "unavailable")));
  await Deno.remove(archive);
});

wired("--for ends it by itself, --fail-on gives exit 4", async (wire) => {
  const args = ["--for", "2", "--fail-on", "dropped,vanished,unanswered", ...nodes(wire), "udp"];
  const trace = await startLasthop(["trace", "--json", "--no-listen", ...args]);
  await trace.ready();
  const send = "echo x >/dev/udp/10.77.0.2/999";
  await wire.inside(wire.a, ["bash", "-c", send]);
  const { code, stdout } = await trace.ended;
  equal(code, 4, stdout);
  equal(Report.parse(JSON.parse(stdout)).flows[0]?.destinationPort, 999);
});

wired("without --json it shows paths as they complete, then the verdict", async (wire) => {
  const trace = await startLasthop(["trace", ...nodes(wire), "icmp"], {
    env: { LC_ALL: "C.UTF-8" },
  });
  await trace.ready();
  await wire.inside(wire.a, ping("10.77.0.2"));
  await trace.says("delivered");
  const { code, stdout, stderr } = await trace.end();
  equal(code, 0);
  match(stderr, /page: http:\/\/127\.0\.0\.1:\d+\/incidents\/trace-/);
  match(stderr, /delivered.*10\.77\.0\.1/);
  match(stdout, /2 flows: 2 delivered/);
});

wired("a service's filter sees the packet on both sides of its translation", async (wire) => {
  await wire.inside(wire.a, ["ip", "route", "add", "10.99.0.0/24", "via", "10.77.0.2"]);
  const rule = "add rule ip nat out ip daddr 10.99.0.1 tcp dport 80 dnat to 10.77.0.2:8080";
  const chain = "add chain ip nat out { type nat hook output priority -100; }";
  for (const line of ["add table ip nat", chain, rule]) await wire.inside(wire.a, ["nft", line]);
  const trace = await startLasthop(
    ["trace", "--json", "--no-listen", ...nodes(wire), "host 10.99.0.1"],
  );
  await trace.ready();
  await wire.inside(wire.a, ["bash", "-c", "exec 3<>/dev/tcp/10.99.0.1/80"], { mayFail: true });
  const { stdout } = await trace.end();
  const { flows } = Report.parse(JSON.parse(stdout));
  const flow = flows.find(({ destination }) => destination === "10.99.0.1");
  equal([flow?.translated?.destination, flow?.translated?.destinationPort], ["10.77.0.2", 8080]);
  equal(flow?.lastHop.node, "b", "seen where only the translated address was");
  equal([flow?.outcome, flow?.cause?.code], ["dropped", "no-listener"]);
});

wired("what the network becomes is followed: a tunnel of another port", async (wire) => {
  const trace = await startLasthop(["trace", "--json", "--no-listen", ...nodes(wire), "icmp"]);
  await trace.ready();
  for (const [i, netns] of [wire.a, wire.b].entries()) {
    const remote = `10.77.0.${2 - i}`;
    const vxlan = ["type", "vxlan", "id", "7", "dstport", "5555", "remote", remote];
    await wire.inside(netns, ["ip", "link", "add", "vx0", ...vxlan]);
    await wire.inside(netns, ["ip", "addr", "add", `10.78.0.${i + 1}/24`, "dev", "vx0"]);
    await wire.inside(netns, ["ip", "link", "set", "vx0", "up"]);
  }
  await trace.says("attached anew");
  await wire.inside(wire.a, ping("10.78.0.2"));
  const { stdout, stderr } = await trace.end();
  const { flows } = Report.parse(JSON.parse(stdout));
  const flow = flows.find(({ destination }) => destination === "10.78.0.2");
  equal(flow?.packets.delivered, 2, stderr);
  ok(flow?.path.some(({ encap }) => encap?.kind === "vxlan" && encap.id === 7), stdout);
});

wired("without --node, namespaces that appear later have their names and state", async (wire) => {
  const trace = await startLasthop(["trace", "--json", "--no-listen", "host 10.79.0.1"]);
  await trace.ready();
  await withWire("lhps-u-", async ({ a, inside }) => {
    await inside(a, ["ip", "addr", "add", "10.79.0.1/32", "dev", "lo"]);
    await inside(a, ping("10.79.0.1"));
    const { stdout } = await trace.end();
    const { nodes: [node], flows } = Report.parse(JSON.parse(stdout));
    equal(node?.name, Deno.hostname());
    ok(node?.netns.includes(a) && node.netns.includes(wire.a));
    equal(flows[0]?.lastHop.netns, a);
    equal(flows[0]?.lastHop.deviceKind, "loopback");
  });
});

Deno.test("trace: what cannot be is told in one line, each its own", async () => {
  const cases: [string[], number, RegExp][] = [
    [["--node", "a=lhps-none"], 1, /^lasthop: Cannot find network namespace "lhps-none": /m],
    [["host", "10.0.0.300"], 2, /^lasthop: Cannot read filter.*10\.0\.0\.300/m],
    [
      ["--ready-file", "/proc/none/ready"],
      1,
      /^lasthop: Cannot write ready file "\/proc\/none\/r/m,
    ],
  ];
  for (const [args, wanted, said] of cases) {
    const { code, stdout, stderr } = await runLasthop(["trace", "--no-listen", "--json", ...args]);
    equal(stdout, "");
    equal(code, wanted, stderr);
    match(stderr, said);
  }
});

Deno.test("trace: without root it says so", async () => {
  const prefix = ["setpriv", "--reuid", "65534", "--clear-groups"];
  const { code, stderr } = await runLasthop(["trace", "--no-listen"], { prefix });
  equal(code, 1);
  match(stderr, /^lasthop: Cannot trace: running as user uid 65534, must be root \(try sudo\)/m);
});

Deno.test("trace: without bpftrace it says what is missing", async () => {
  const bin = await Deno.makeTempDir();
  for (const { name } of Deno.readDirSync("/usr/bin")) {
    if (!name.startsWith("bpftrace")) await Deno.symlink(`/usr/bin/${name}`, `${bin}/${name}`);
  }
  const env = { PATH: `${bin}:/usr/sbin:/sbin` };
  const { code, stderr } = await runLasthop(["trace", "--no-listen"], { bare: true, env });
  await Deno.remove(bin, { recursive: true });
  equal(code, 1);
  match(stderr, /^lasthop: Cannot trace: bpftrace is not installed, must be 0\.17 or later/m);
});
