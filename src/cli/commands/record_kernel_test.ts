/** [O25] `lasthop record` on a real kernel: one datagram of many dies, and leaves one archive. */
import { deepStrictEqual as equal, match, ok } from "node:assert/strict";
import { runLasthop, startLasthop } from "../../../test/fake/lasthop.ts";
import { withWire } from "../../../test/fake/network.ts";
import { createClient } from "../../ingest/client/client.ts";
import type { Report } from "../../event/report.ts";

/** What comes to port 7 with 12 bytes is refused. */
const RULES =
  "table inet t {\n chain i {\n type filter hook input priority 0;\n udp dport 7 udp length 20 drop\n }\n}\n";

/** The 300th of 600 has 12 bytes. Nobody answers, and somebody reads. */
const TALK = `
import socket
u = socket.socket(2, 2); u.bind(("10.77.0.1", 4000))
for i in range(600): u.sendto(b"x" * (12 if i == 300 else 30), ("10.77.0.2", 7))
`;
const READ = `
import socket, sys
u = socket.socket(2, 2); u.setsockopt(1, 33, 1 << 23); u.bind(("10.77.0.2", 7)); print("up", flush=True)
sys.stdin.read()
`;

/** A webhook, and the events that it was told. */
function hook() {
  const told: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { event, problem } = await request.json();
    told.push(`${event} ${problem.cause?.code}`);
    return new Response();
  });
  return { told, url: `http://127.0.0.1:${server.addr.port}/`, stop: () => server.shutdown() };
}

Deno.test("record: one of many dies, and one archive has its way and the verdict", () =>
  withWire("lhps-r-", async (wire) => {
    const folder = await Deno.makeTempDir({ prefix: "lasthop-record-" });
    const told = hook();
    const reader = new Deno.Command("ip", {
      args: ["netns", "exec", wire.b, "python3", "-c", READ],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    try {
      await Deno.writeTextFile(`${folder}/rules`, RULES);
      await wire.inside(wire.b, ["nft", "-f", `${folder}/rules`]);
      await reader.stdout.getReader().read();
      const nodes = ["--node", `a=${wire.a}`, "--node", `b=${wire.b}`];
      const kept = ["--archives", `${folder}/archives`, "--webhook", told.url];
      const recorder = await startLasthop(["record", ...nodes, ...kept, "--no-listen"], {
        env: { LASTHOP_WEBHOOK_SECRET: "a-key-of-this-test-alone" },
      });
      await recorder.ready();
      await wire.inside(wire.a, ["python3", "-c", TALK]);
      await recorder.says("to open it again");
      const { code, stderr } = await recorder.end();
      equal(code, 0, stderr);
      equal(told.told, ["problem.opened netfilter-drop"]);
      const files = [...Deno.readDirSync(`${folder}/archives`)].map(({ name }) => name);
      equal(files.length, 1, stderr);
      match(files[0]!, /^record-.*\.lasthop\.gz$/);
      const replayed = await runLasthop(["replay", "--json", `${folder}/archives/${files[0]}`]);
      const report = JSON.parse(replayed.stdout) as Report;
      equal(report.problems.map(({ cause }) => cause?.code), ["netfilter-drop"]);
      const [flow] = report.flows.filter(({ outcome }) => outcome === "dropped");
      equal(flow!.path.map(({ node, stage }) => `${node} ${stage}`), [
        "a device-tx",
        "b device-rx",
        "b drop",
      ]);
      equal(flow!.packets.dropped, 1);
      ok(flow!.packets.seen < 10, `${flow!.packets.seen} of 600 told`);
      equal(flow!.packets.vanished, 0);
    } finally {
      await reader.stdin.close();
      await reader.status;
      await told.stop();
      await Deno.remove(folder, { recursive: true });
    }
  }));

Deno.test("record: for a shared ingest it reports what died, with its way", () =>
  withWire("lhps-s-", async (wire) => {
    const folder = await Deno.makeTempDir({ prefix: "lasthop-record-" });
    const token = "operator-of-this-test";
    try {
      const serving = ["serve", "--listen", "127.0.0.1:0", "--data", `${folder}/data`];
      const server = await startLasthop(serving, { env: { LASTHOP_TOKEN: token } });
      const url = await server.finds(/http:\/\/127\.0\.0\.1:\d+/);
      const nodes = ["--node", `a=${wire.a}`, "--node", `b=${wire.b}`];
      const shared = ["--ingest", url, "--spool", `${folder}/spool`, "--no-archive"];
      const recorder = await startLasthop(["record", ...nodes, ...shared, "udp"], {
        env: { LASTHOP_TOKEN: token },
      });
      await recorder.ready();
      // Nobody listens there: the first datagram of a flow, which is told at once, and dies.
      await wire.inside(wire.a, ["python3", "-c", TALK]);
      const { code, stderr } = await recorder.end();
      equal(code, 0, stderr);
      const { flows, nodes: seen } = await createClient({ url, token }).report("recorder");
      const [flow] = flows.filter(({ destinationPort }) => destinationPort === 7);
      equal([flow!.outcome, flow!.cause?.code], ["dropped", "no-listener"]);
      equal(flow!.path.map(({ node, stage }) => `${node} ${stage}`).slice(0, 2), [
        "a device-tx",
        "b device-rx",
      ]);
      ok(seen.every(({ gaps }) => gaps?.some((gap) => gap.startsWith("it is a recorder"))));
      await server.end();
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  }));
