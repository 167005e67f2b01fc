/**
 * Time from a drop in the kernel to its verdict on the live stream, and time to attach. Needs root.
 * `deno task bench`.
 */
import { Delivery } from "../../src/cli/capture/delivery.ts";
import { createClient } from "../../src/ingest/client/client.ts";
import { startIngest } from "../../src/ingest/deno.ts";
import { Topology } from "../../src/lab/topology.ts";
import { kill, start } from "../../src/lab/process.ts";
import { resolveNodes, startSession } from "../../src/probe/session/mod.ts";

const SAMPLES = 40;
const FIRST_PORT = 20_000;

const topology = new Topology({ name: "bench", prefix: "lhbench" });
const left = topology.namespace("a");
const right = topology.namespace("b");
topology.veth(left, "e0", right, "e0");
left.address("e0", "10.77.0.1/24");
right.address("e0", "10.77.0.2/24");
await topology.apply();
const ingest = await startIngest({
  listen: { hostname: "127.0.0.1", port: 0 },
  allowLoopbackWithoutToken: true,
});
try {
  await measure();
} finally {
  await ingest.stop();
  await topology.down();
}

async function measure(): Promise<void> {
  const client = createClient({ url: ingest.url });
  await client.createIncident({ id: "bench" });
  const delivery = new Delivery(client, "bench");
  const from = performance.now();
  const session = await startSession({
    nodes: await resolveNodes([{ name: "a", netns: [left.name] }, {
      name: "b",
      netns: [right.name],
    }], ""),
    filter: "udp",
    incident: "bench",
    onBatch: (batch) => delivery.push(batch),
    onProgress: () => {},
  });
  await session.ready;
  const attachMs = performance.now() - from;

  const sender = start(
    [
      "nsenter",
      `--net=/run/netns/${left.name}`,
      "bash",
      "-c",
      "while read -r port; do echo x >/dev/udp/10.77.0.2/$port; done",
    ],
    {
      stdin: "pipe",
      stdout: "ignore",
      stderr: "ignore",
      reject: false,
      buffer: false,
      cleanup: false,
    },
  );
  const sentMs = new Map<number, number>();
  const latenciesMs: number[] = [];
  const send = (port: number) => {
    sentMs.set(port, performance.now());
    sender.stdin!.write(`${port}\n`);
  };
  send(FIRST_PORT);
  for await (const { event, data } of client.live("bench")) {
    const flows = event === "flow" ? [data.flow] : event === "report" ? data.flows : [];
    for (const flow of flows) {
      const port = flow.destinationPort ?? 0;
      const sent = sentMs.get(port);
      if (sent === undefined || flow.outcome !== "dropped") continue;
      sentMs.delete(port);
      latenciesMs.push(performance.now() - sent);
      if (latenciesMs.length < SAMPLES) send(port + 1);
    }
    if (latenciesMs.length >= SAMPLES) break;
  }
  kill(sender.pid!);
  await session.stop();
  latenciesMs.sort((a, b) => a - b);
  const at = (share: number) =>
    Math.round(latenciesMs[Math.min(SAMPLES - 1, Math.floor(SAMPLES * share))]!);
  console.log(
    `\ndrop to verdict on the live stream, ${SAMPLES} drops: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`,
  );
  console.log(`from start to attached, state of 2 namespaces read: ${Math.round(attachMs)} ms`);
}
