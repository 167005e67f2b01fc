import { deepStrictEqual as equal, match, ok } from "node:assert/strict";
import { runLasthop, type Running, startLasthop } from "../../../test/fake/lasthop.ts";
import { ping, type Wire, withWire } from "../../../test/fake/network.ts";
import { createClient, type IngestClient } from "../../ingest/client/client.ts";

const TOKEN = "operator-of-this-test";

interface Place {
  wire: Wire;
  folder: string;
}

const placed = (name: string, work: (place: Place) => Promise<void>) =>
  Deno.test(`probe: ${name}`, () =>
    withWire("lhps-p-", async (wire) => {
      const folder = await Deno.makeTempDir({ prefix: "lasthop-probe-" });
      try {
        await work({ wire, folder });
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    }));

async function serve({ folder }: Place, port = 0) {
  const args = ["serve", "--listen", `127.0.0.1:${port}`, "--data", `${folder}/data`];
  const server = await startLasthop(args, { env: { LASTHOP_TOKEN: TOKEN } });
  const url = await server.finds(/http:\/\/127\.0\.0\.1:\d+/);
  await server.says("incidents are kept in");
  return { server, url, client: createClient({ url, token: TOKEN }) };
}

function startProbe({ wire, folder }: Place, url: string, token = TOKEN): Promise<Running> {
  const args = ["--ingest", url, "--incident", "away", "--spool", `${folder}/spool`];
  const nodes = ["--node", `a=${wire.a}`, "--node", `b=${wire.b}`];
  return startLasthop(["probe", ...args, ...nodes, "icmp"], { env: { LASTHOP_TOKEN: token } });
}

/** A port that nobody has, or had a moment ago. */
function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return port;
}

/** Packets of echo requests in the report: each was seen on both nodes or it is not whole. */
async function delivered(client: IngestClient): Promise<number> {
  const { flows } = await client.report("away");
  return flows.filter(({ source }) => source === "10.77.0.1")
    .reduce((sum, { packets }) => sum + packets.delivered, 0);
}

placed("an ingest that is away at first, leaves and returns gets every packet", async (place) => {
  const { wire, folder } = place;
  const port = freePort();
  const url = `http://127.0.0.1:${port}`;
  const probe = await startProbe(place, url);
  await probe.ready();
  await wire.inside(wire.a, ping("10.77.0.2"));
  await probe.says(`reports wait in ${folder}/spool`);
  const first = await serve(place, port);
  await probe.says("the ingest is back");
  await first.server.end("SIGKILL");
  await wire.inside(wire.a, ping("10.77.0.2"));
  const second = await serve(place, port);
  await wire.inside(wire.a, ping("10.77.0.2"));
  const { code, stderr } = await probe.end();
  equal(code, 0, stderr);
  equal(await delivered(second.client), 6, stderr);
  const { nodes } = await second.client.report("away");
  ok(nodes.every(({ lost }) => lost === 0));
  await second.server.end();
  await rejectsToBeThere(`${folder}/spool`);
});

placed("what could not be sent waits for the next start", async (place) => {
  const port = freePort();
  const url = `http://127.0.0.1:${port}`;
  const probe = await startProbe(place, url);
  await probe.ready();
  await place.wire.inside(place.wire.a, ping("10.77.0.2"));
  const { code, stderr } = await probe.end();
  equal(code, 1);
  match(stderr, /not everything reached .*: the rest waits in .*spool for the next start/);
  const { server, client } = await serve(place, port);
  const next = await startProbe(place, url);
  await next.ready();
  await next.end();
  equal(await delivered(client), 2);
  await server.end();
});

placed("a token that is refused ends it at once, and says which would do", async (place) => {
  const { server, url } = await serve(place);
  const probe = await startProbe(place, url, "guessed");
  const { code, stderr } = await probe.ended;
  equal(code, 1);
  const said = 'token was refused (401), must be a probe token of incident "away"';
  ok(stderr.includes(`lasthop: Cannot send to ingest ${url}: ${said}`), stderr);
  await server.end();
});

placed(
  "an incident that is closed under it ends it, and what it saw can be opened",
  async (place) => {
    const { server, url, client } = await serve(place);
    const probe = await startProbe(place, url);
    await probe.ready();
    await place.wire.inside(place.wire.a, ping("10.77.0.2"));
    await client.closeIncident("away");
    const { code, stderr } = await probe.ended;
    equal(code, 1);
    match(stderr, /incident "away" is closed, must be open/);
    equal(stderr.includes("for the next start"), false, stderr);
    match(stderr, /kept; to open it again: lasthop replay \S+/);
    await server.end();
  },
);

placed("a probe token of the incident is enough, one of another is not", async (place) => {
  const { server, url, client } = await serve(place);
  for (const id of ["away", "other"]) await client.createIncident({ id });
  const { token } = await client.createToken("away", { role: "probe" });
  const probe = await startProbe(place, url, token);
  await probe.ready();
  await place.wire.inside(place.wire.a, ping("10.77.0.2"));
  equal((await probe.end()).code, 0);
  equal(await delivered(client), 2);
  const wrong = await client.createToken("other", { role: "probe" });
  const { code, stderr } = await (await startProbe(place, url, wrong.token)).ended;
  equal(code, 1);
  match(stderr, /token was refused \(403\), must be a probe token of incident "away"/);
  await server.end();
});

placed("--json prints the report of the whole incident", async (place) => {
  const { server, url } = await serve(place);
  const args = ["--json", "--for", "0.1", "--ingest", url, "--incident", "away"];
  const { code, stdout, stderr } = await runLasthop(
    ["probe", ...args, "--node", `a=${place.wire.a}`],
    { env: { LASTHOP_TOKEN: TOKEN } },
  );
  equal(code, 0, stderr);
  equal(JSON.parse(stdout).nodes.map(({ name }: { name: string }) => name), ["a"]);
  await server.end();
});

placed("told to listen, it shows a page of what this node alone sees", async (place) => {
  const { server, url } = await serve(place);
  const { a } = place.wire;
  const args = [
    "--listen",
    "127.0.0.1:0",
    "--ingest",
    url,
    "--incident",
    "away",
    "--node",
    `a=${a}`,
  ];
  const probe = await startLasthop(["probe", ...args], { env: { LASTHOP_TOKEN: TOKEN } });
  const link = await probe.finds(/http:\S+\/incidents\/away#token=\S+/);
  const [page = "", token] = link.split("#token=");
  await probe.ready();
  equal((await (await fetch(page)).text()).startsWith("<!doctype html>"), true);
  const api = page.replace("/incidents", "/v1/incidents") + "/report";
  equal((await fetch(api)).status, 401);
  const report = await fetch(api, { headers: { authorization: `Bearer ${token}` } });
  equal((await report.json()).nodes[0]?.name, "a");
  equal((await probe.end()).code, 0);
  await server.end();
});

async function rejectsToBeThere(path: string): Promise<void> {
  const there = await Deno.stat(path).then(() => true, () => false);
  ok(!there, `${path} must be gone`);
}
