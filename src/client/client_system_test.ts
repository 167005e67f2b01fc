import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { execa } from "execa";
import { bundleClient } from "../../deploy/client/build.ts";
import { body } from "../../test/contract/lines.ts";
import { type Ingest, startIngest } from "../ingest/deno.ts";
import { connect, IngestError, type Lasthop, LasthopError } from "./mod.ts";

const TOKEN = "a-root-token-of-this-test-alone";
const HERE = new URL(".", import.meta.url).pathname;

const event = (kind: string, timeNs: number, port: number, more: Record<string, unknown> = {}) =>
  JSON.stringify({
    kind,
    timeNs: String(timeNs),
    cpu: 0,
    skb: `f${port}`,
    head: `e${port}`,
    netns: 1,
    ifindex: 2,
    device: "eth0",
    network: "ip4",
    protocol: 17,
    source: "10.0.0.1",
    destination: "10.9.9.9",
    sourcePort: 4000,
    destinationPort: port,
    ...more,
  });

/** A question that is answered, and one that dies for want of a socket. */
const ANSWER = {
  ...{ skb: "a1", head: "a1", source: "10.9.9.9", destination: "10.0.0.1", sourcePort: 52 },
};
const ANSWERED = [
  event("device-tx", 1400, 52),
  event("device-rx", 1500, 4000, ANSWER),
  event("deliver", 1600, 4000, ANSWER),
];
const REFUSED = event("drop", 1600, 53, { reason: "NO_SOCKET", function: "__udp4_lib_rcv" });

/** All of it is long over when its batch comes. */
const WATCHED = {
  untilNs: "9000000000000",
  scripts: ["device_rx", "device_tx", "drop", "deliver", "consume"]
    .map((name) => ({ name, state: "attached" as const })),
};

async function withIngest(use: (lasthop: Lasthop, ingest: Ingest) => Promise<void>): Promise<void> {
  const ingest = await startIngest({
    listen: { hostname: "127.0.0.1", port: 0 },
    rootToken: TOKEN,
    allowLoopbackWithoutToken: false,
  });
  try {
    await use(connect({ url: ingest.url, token: TOKEN }), ingest);
  } finally {
    await ingest.stop();
  }
}

Deno.test("an incident is opened, watched and closed with a verdict", () =>
  withIngest(async (lasthop) => {
    const incident = await lasthop.open({ title: "a build" });
    const { verdict, total, closed } = await incident.problems();
    deepEqual([verdict, total, closed], ["none", 0, false]);
    await rejects(incident.untilNodes(1, { timeoutSeconds: 0 }), (error: LasthopError) => {
      match(error.message, /after 0 s there is none, must be 1$/);
      return error.code === "wait_timeout";
    });
    const changes = incident.changes();
    equal((await changes.next()).value!.total, 0);
    const news = changes.next();
    const found = incident.untilProblem();
    const send = (sequence: number, ...lines: string[]) =>
      lasthop.api.postBatch(
        incident.id,
        body({ incident: incident.id, sequence, ...WATCHED }, ...lines),
      );
    await send(0, ...ANSWERED);
    deepEqual(await incident.untilNodes(1), ["node-a"]);
    equal((await incident.problems()).verdict, "well");
    equal((await incident.untilProblem({ timeoutSeconds: 0 })).verdict, "well");
    await send(1, REFUSED);
    const list = await found;
    deepEqual([list.verdict, list.problems[0]?.outcome], ["failing", "dropped"]);
    equal((await incident.untilProblem({ since: "0".repeat(16) })).cursor, list.cursor);
    const last = await incident.close({ settleSeconds: 0 });
    deepEqual([last.closed, last.verdict, last.total], [true, "failing", 1]);
    const seen = [(await news).value!];
    for await (const change of changes) seen.push(change);
    deepEqual(seen.at(-1), last);
    deepEqual(await lasthop.incident(incident.id).untilProblem(), last);
    await rejects(lasthop.incident("none").problems(), (error: IngestError) => {
      return error.code === "incident_missing";
    });
  }));

/** What stands for probes, and for the tests of a build: it sends what a probe would have seen. */
const SEND = `
const { LASTHOP_INGEST, LASTHOP_INCIDENT, BATCH } = Deno.env.toObject();
const [sequence, token] = Deno.args;
const [header, ...lines] = JSON.parse(BATCH);
const batch = { ...header, incident: LASTHOP_INCIDENT, sequence: Number(sequence) };
const { status } = await fetch(\`\${LASTHOP_INGEST}/v1/incidents/\${LASTHOP_INCIDENT}/batches\`, {
  method: "POST",
  headers: { authorization: \`Bearer \${token || Deno.env.get("LASTHOP_TOKEN")}\` },
  body: [JSON.stringify(batch), ...Number(sequence) > 0 ? lines : []].join("\\n") + "\\n",
});
Deno.exit(status === 200 ? 0 : 9);
`;

/** What a runtime runs the step with: Node 20 has no types, so it is given one file. */
async function runtimes(folder: string): Promise<[string, string[]][]> {
  await Deno.writeTextFile(`${folder}/step.mjs`, await bundleClient(`${HERE}build_step.ts`));
  const flags = ["run", "--no-check", "--allow-net", "--allow-env", "--allow-read", "--allow-run"];
  return [
    [Deno.execPath(), [...flags, `${HERE}build_step.ts`]],
    ["node", [`${folder}/step.mjs`]],
  ];
}

Deno.test("a step of a build fails when the network did, on Deno and on Node", () =>
  withIngest(async (_, { url }) => {
    const folder = await Deno.makeTempDir({ prefix: "lasthop-test-" });
    try {
      await Deno.writeTextFile(`${folder}/send.ts`, SEND);
      const header = JSON.parse(body(WATCHED).trim());
      const deno = [Deno.execPath(), "run", "--no-check", "-A", `${folder}/send.ts`];
      const step = async ([program, args]: [string, string[]], lines: string[], test: string[]) => {
        const { exitCode, all } = await execa(program, [...args, "1", ...test], {
          reject: false,
          all: true,
          stdin: "ignore",
          env: {
            NO_COLOR: "1",
            LASTHOP_INGEST: url,
            LASTHOP_TOKEN: TOKEN,
            LASTHOP_PROBES: [...deno, "0"].join(" "),
            LASTHOP_SETTLE_SECONDS: "0",
            BATCH: JSON.stringify([header, ...lines]),
          },
        });
        return { exitCode, all: String(all) };
      };
      for (const runtime of await runtimes(folder)) {
        const failing = await step(runtime, [...ANSWERED, REFUSED], [...deno, "1", TOKEN]);
        equal(failing.exitCode, 1, failing.all);
        match(failing.all, /^incident [0-9a-f-]{36} is watched on node-a$/m);
        match(failing.all, /^the tests ended with 0, the network is failing$/m);
        match(failing.all, /^- dropped: udp to 10\.9\.9\.9 53\n {2}no-listener: nothing listens/m);
        const well = await step(runtime, ANSWERED, [...deno, "1", TOKEN]);
        equal(well.exitCode, 0, well.all);
        match(well.all, /the network is well$/m);
        // Nothing was seen, and tests that fail by themselves.
        equal((await step(runtime, [], ["true"])).exitCode, 2);
        equal((await step(runtime, ANSWERED, ["sh", "-c", "exit 7"])).exitCode, 7);
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  }));

Deno.test("who waits for nodes lets an ingest that is asked too often breathe", async () => {
  let asked = 0;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => {
    asked++;
    if (asked > 2) return Response.json({ nodes: ["a", "b"] });
    const headers = { "content-type": "application/problem+json", "retry-after": "0" };
    const problem = { status: 429, code: "rate_limited", title: "x", type: "x", detail: "x" };
    return new Response(JSON.stringify(problem), { status: 429, headers });
  });
  try {
    const incident = connect({ url: `http://127.0.0.1:${server.addr.port}` }).incident("i");
    deepEqual(await incident.untilNodes(2, { timeoutSeconds: 30 }), ["a", "b"]);
    equal(asked, 3);
  } finally {
    await server.shutdown();
  }
});
