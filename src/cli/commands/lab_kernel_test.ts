/** `lasthop lab` and `lasthop demo` as typed: on the real kernel, from cold to clean. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { type Flow, Report } from "../../event/report.ts";
import { namespacesOf } from "../../lab/kernel_testing.ts";
import { command, lasthop } from "../asking/testing.ts";

/** Registered from this very file: the runner asks which files had tests. */
function kernelTest(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore: Deno.uid() !== 0, fn });
}

async function labRun(id: string, ...flags: string[]): Promise<Report> {
  const { code, stdout, stderr } = await lasthop(["lab", "run", id, "--json", ...flags]);
  equal(code, 0, stderr);
  deepEqual(await namespacesOf(`lh-${id.toLowerCase()}`), []);
  return Report.parse(JSON.parse(stdout));
}

const verdict = ({ outcome, lastHop, cause }: Flow) => ({
  outcome,
  at: `${lastHop.device} in ${lastHop.netns} on ${lastHop.node}`,
  stage: lastHop.stage,
  cause: cause?.code,
});

kernelTest("lab run I1: the wrong MAC, at the tunnel's end in the pod VM", async () => {
  const { flows: [flow] } = await labRun("I1");
  deepEqual(verdict(flow!), {
    outcome: "dropped",
    at: "vxlan0 in lh-i1-podns on podvm",
    stage: "drop",
    cause: "destination-mac-mismatch",
  });
  match(flow!.cause!.sentence, /0a:58:0a:84:02:2e.*7e:e5:f7:e6:f5:1a/);
  match(JSON.stringify(flow!.cause!.evidence), /10\.132\.2\.46 dev ovn-k8s-mp0/);
  equal(
    flow!.cause!.remedy![0],
    "ip netns exec lh-i1-podns ip link set dev vxlan0 address 0a:58:0a:84:02:2e",
  );
});

kernelTest("lab run I2: it left the last probed device, translated", async () => {
  const { flows: [flow] } = await labRun("I2");
  deepEqual(verdict(flow!), {
    outcome: "unknown",
    at: "enp1s0 in lh-i2-node on node",
    stage: "device-tx",
    cause: "left-observed-network",
  });
  equal(flow!.translated?.destination, "10.16.203.160");
});

kernelTest("lab run I2-inside: dropped by the bridge's rule, before the last device", async () => {
  const { flows: [flow] } = await labRun("I2-inside");
  equal(flow!.outcome, "dropped");
  equal(flow!.lastHop.reason, "NETFILTER_DROP");
  equal(flow!.path.some(({ device, stage }) => device === "enp1s0" && stage !== "drop"), false);
});

kernelTest("lab run I3: encapsulated to an address that can't be reached", async () => {
  const { flows } = await labRun("I3");
  for (const flow of flows) {
    equal(flow.cause?.code, "tunnel-endpoint-unreachable");
    equal(`${flow.lastHop.device} on ${flow.lastHop.node}`, "eth0 on a");
    equal(flow.lastHop.encap?.destination, "172.19.0.13");
    match(JSON.stringify(flow.cause!.evidence), /dev flannel\.1 dst 172\.19\.0\.13/);
    match(flow.cause!.remedy![0]!, /public-ip-overwrite/);
  }
  ok(flows.length >= 2);
});

kernelTest("lab run I4: forwarding is off, the node's own packets are not blamed", async () => {
  const { flows } = await labRun("I4");
  const pod = flows.filter(({ source }) => source === "10.9.11.187");
  deepEqual(
    pod.map(verdict),
    pod.map(() => ({
      outcome: "dropped",
      at: "ucni88bdbf34ff6 in lh-i4-node1 on node1",
      stage: "drop",
      cause: "ip-forwarding-disabled",
    })),
  );
  equal(pod.length, 2);
  deepEqual(pod[0]!.cause!.remedy, [
    "ip netns exec lh-i4-node1 sysctl -w net.ipv4.ip_forward=1",
  ]);
  const others = flows.filter((flow) => !pod.includes(flow));
  deepEqual(others.map(({ outcome }) => outcome), ["delivered", "delivered"]);
});

for (const id of ["I1", "I2", "I2-inside", "I3", "I4"]) {
  kernelTest(`lab run ${id} --repaired: delivered, both directions, no cause`, async () => {
    const { flows, nodes } = await labRun(id, "--repaired");
    ok(flows.length >= 2);
    // Of what a busy machine did not tell nothing is known; all else was delivered.
    const isTold = nodes.every(({ lost, gaps = [] }) =>
      lost === 0 && !gaps.some((gap) => /left out \d+ runs/.test(gap))
    );
    for (const flow of flows) {
      equal(flow.outcome, "delivered");
      const { delivered, seen, unknown } = flow.packets;
      const untold = isTold ? 0 : unknown;
      equal(delivered + untold, seen, JSON.stringify({ packets: flow.packets, nodes }));
      equal(flow.cause, undefined);
    }
    equal(flows.filter(({ replyOf }) => replyOf !== undefined).length, flows.length / 2);
  });
}

/** Where it is installed its labs are run in guests (`deno task kernels lab-`). */
const hasOpenvswitch = (Deno.env.get("PATH") ?? "").split(":").some((folder) => {
  try {
    return Deno.statSync(`${folder}/ovs-vswitchd`).isFile;
  } catch {
    return false;
  }
});

Deno.test({
  name: "lab run --ovs says in a line what it needs where there is no Open vSwitch",
  ignore: Deno.uid() !== 0 || hasOpenvswitch,
  fn: async () => {
    const { code, stderr } = await lasthop(["lab", "run", "I1", "--ovs"]);
    equal(code, 1);
    match(stderr, /Cannot bring up lab "I1-ovs" with Open vSwitch: .*apt-get install openvswitch/);
    deepEqual(await namespacesOf("lh-i1-ovs"), []);
  },
});

/** Interrupts a command when it says `at`, and waits for its end. */
async function interrupted(args: string[], at: string) {
  const child = command(args).spawn();
  const stdout = new Response(child.stdout).text();
  let said = "";
  let sent = false;
  for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
    said += text;
    if (sent || !said.includes(at)) continue;
    sent = true;
    child.kill("SIGTERM");
  }
  return { code: (await child.status).code, stdout: await stdout, said };
}

for (const at of ["attaching scripts", "sending its traffic"]) {
  kernelTest(`lab run takes its network down when it is ended while "${at}"`, async () => {
    const { said } = await interrupted(["lab", "run", "I4"], at);
    match(said, /building I4/);
    deepEqual(await namespacesOf("lh-i4"), []);
  });
}

kernelTest("lab run that is ended while its traffic is under way still reports", async () => {
  const { code, stdout } = await interrupted(["lab", "run", "I1", "--json"], "sending its traffic");
  equal(code, 0);
  ok(Report.parse(JSON.parse(stdout)).nodes.length === 2);
});

kernelTest("lab up tells how to trace it, and lab down takes it away once", async () => {
  try {
    const up = await lasthop(["lab", "up", "i4", "--repaired"]);
    match(up.stdout, /--node node1=lh-i4-node1,lh-i4-pod1 .* 'host 10\.9\.82\.243 and/);
    equal((await namespacesOf("lh-i4")).length, 5);
  } finally {
    const down = await lasthop(["lab", "down", "I4"]);
    match(down.stdout, /^5 namespaces removed: lh-i4-node1, /);
  }
  equal((await lasthop(["lab", "down", "I4"])).stdout, "nothing was up\n");
});

kernelTest("demo --no-wait: a verdict, a page, and nothing left", async () => {
  const { code, stdout, stderr } = await lasthop(["demo", "--no-wait", "--listen", "127.0.0.1:0"]);
  equal(code, 0, stderr);
  match(
    stdout,
    /destination-mac-mismatch, proven[^]*✕ dropped {2}icmp 10\.132\.2\.2 → 10\.132\.2\.46/,
  );
  match(stdout, /http:\/\/127\.0\.0\.1:\d+\/incidents\/\S+ showed the same/);
  deepEqual(await namespacesOf("lh-i1"), []);
});

kernelTest("demo that can't have its port says so, and leaves nothing", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const address = `127.0.0.1:${(taken.addr as Deno.NetAddr).port}`;
  const { code, stderr } = await lasthop(["demo", "--no-wait", "--listen", address]);
  equal(code, 1);
  match(stderr, /Cannot listen on 127\.0\.0\.1:\d+: something else listens there/);
  deepEqual(await namespacesOf("lh-i1"), []);
});
