/** `lasthop cluster trace --on ssh:…` over real sshds: one command to a verdict, and nothing is left. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { kernelTest } from "../../src/lab/kernel_testing.ts";
import { run } from "../../src/lab/process.ts";
import type { Report } from "../../src/event/report.ts";
import { gone, type Running, startLasthop } from "../fake/lasthop.ts";
import { SERVER_ADDRESS } from "../start/yard.ts";
import { type SshYard, withSshYard } from "./ssh_yard.ts";

const ROLES = ["alpha", "router", "beta"];

function startTrace({ laptop, config }: SshYard, words: string[]): Promise<Running> {
  const args = ["cluster", "trace", "--ssh-config", config, "--no-listen", ...words];
  return startLasthop(args, { prefix: ["ip", "netns", "exec", laptop.name] });
}

async function ping({ nodes: [alpha] }: SshYard): Promise<void> {
  const words = ["ping", "-n", "-q", "-c", "3", "-i", "0.2", "-W", "1", SERVER_ADDRESS];
  await run(["ip", "netns", "exec", alpha!.name, ...words]).catch(() => {});
}

/** Waits until all that was started there has ended; whoever is last removes the folder. */
async function nothingIsLeft({ left, processes }: SshYard): Promise<void> {
  for (let all = processes(); all.length > 0; all = processes()) {
    for (const { pid } of all) await gone(pid);
  }
  deepEqual(ROLES.flatMap(left), []);
}

kernelTest(
  "cluster: three machines over ssh, one command to a verdict, nothing is left",
  () =>
    withSshYard(ROLES, async (yard) => {
      const began = performance.now();
      const hosts = `ssh:${ROLES.join(",")}`;
      const trace = await startTrace(yard, [
        "--on",
        hosts,
        "--json",
        "--to",
        SERVER_ADDRESS,
        "icmp",
      ]);
      for (const role of ROLES) await trace.says(`✓ ${role} sees`);
      await trace.says("ready: send your traffic");
      const readyMs = performance.now() - began;
      await ping(yard);
      const { code, stdout, stderr } = await trace.end();
      equal(code, 0, stderr);
      const report = JSON.parse(stdout) as Report;
      deepEqual(report.nodes.map(({ name }) => name).sort(), [...ROLES].sort());
      equal(report.problems[0]?.cause?.code, "ip-forwarding-disabled", stdout.slice(0, 2_000));
      equal(report.problems[0]?.lastHop.node, "router");
      const kept = /lasthop replay (\S+)/.exec(stderr);
      ok(kept !== null, stderr);
      await nothingIsLeft(yard);
      const seconds = ((performance.now() - began) / 1000).toFixed(0);
      console.log(
        `cluster over ssh: ready after ${(readyMs / 1000).toFixed(0)} s, ${seconds} s whole`,
      );
    }),
);

kernelTest(
  "cluster: kill -9 of the command leaves nothing on the machines",
  () =>
    withSshYard(ROLES, async (yard) => {
      const trace = await startTrace(yard, ["--on", "ssh:alpha", "icmp"]);
      await trace.says("ready: send your traffic");
      ok(yard.left("alpha").length > 0, "nothing to remove was there");
      await trace.end("SIGKILL");
      await nothingIsLeft(yard);
    }),
);

kernelTest(
  "cluster: a machine without lasthop is brought one, which goes again",
  () =>
    withSshYard([], async (yard) => {
      const trace = await startTrace(yard, ["--on", "ssh:alpha", "icmp"]);
      await trace.says("packing this lasthop for machines that have none…");
      await trace.says("✓ alpha sees");
      const { code, stderr } = await trace.end();
      equal(code, 0, stderr);
      await nothingIsLeft(yard);
    }),
);

kernelTest(
  "cluster: a machine that can't be reached is told, and the others are traced",
  () =>
    withSshYard(ROLES, async (yard) => {
      const trace = await startTrace(yard, [
        "--on",
        "ssh:alpha,10.177.0.99",
        "--for",
        "1s",
        "icmp",
      ]);
      const { code, stderr } = await trace.ended;
      equal(code, 0, stderr);
      match(stderr, /✗ 10\.177\.0\.99 does not see: ssh: connect to host 10\.177\.0\.99 port 22/);
      match(stderr, /✓ alpha sees/);
      match(stderr, /not seen, or not to the end: 10\.177\.0\.99/);
      await nothingIsLeft(yard);
    }),
);
