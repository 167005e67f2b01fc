/** The quota of a control group of the kernel, asked for from inside. Needs root. */
import { equal } from "node:assert/strict";
import { execa } from "execa";
import { Cgroup, whyNoCgroup } from "./cgroup.ts";

const QUOTA = new URL("../../src/probe/run/quota.ts", import.meta.url);

const why = await whyNoCgroup();
const name = "a process in a control group finds the quota of that group";

Deno.test({ name: why === null ? name : `${name}, not tried: ${why}`, ignore: why !== null, fn });

async function fn(): Promise<void> {
  const cgroup = await Cgroup.make({ cpuPercent: 30, memoryBytes: 512 * 2 ** 20 });
  try {
    const ask = `console.log(await (await import("${QUOTA}")).cpuQuotaPercent())`;
    const [command, ...words] = cgroup.within([Deno.execPath(), "eval", "--no-check", ask]);
    const { stdout } = await execa(command, words);
    equal(Number(stdout), 30);
  } finally {
    await cgroup.remove();
  }
}
