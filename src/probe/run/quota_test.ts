import { deepEqual, equal, match } from "node:assert/strict";
import { cpuQuotaPercent, withinQuota } from "./quota.ts";
import { DEFAULT_SHARE } from "./share.ts";

/** The quota in a tree of files by path below the mount; `own` is what /proc/self/cgroup says. */
async function quota(own: string, files: Record<string, string>): Promise<number | null> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [path, text] of Object.entries(files)) {
      const at = `${folder}/mount/${path}`;
      await Deno.mkdir(at.slice(0, at.lastIndexOf("/")), { recursive: true });
      await Deno.writeTextFile(at, `${text}\n`);
    }
    await Deno.writeTextFile(`${folder}/own`, own);
    return await cpuQuotaPercent({ mount: `${folder}/mount`, own: `${folder}/own` });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("the least quota of a group and all above it holds", async () => {
  const own = "0::/kubepods/pod1/c1\n";
  const max = { "kubepods/cpu.max": "max 100000", "kubepods/pod1/c1/cpu.max": "50000 100000" };
  equal(await quota(own, max), 50);
  equal(await quota(own, { ...max, "kubepods/pod1/cpu.max": "20000 100000" }), 20);
  equal(await quota(own, { ...max, "kubepods/pod2/cpu.max": "10000 100000" }), 50);
  equal(await quota(own, { "kubepods/cpu.max": "max 100000" }), null);
});

Deno.test("in a container its own group is the root", async () => {
  equal(await quota("0::/\n", { "cpu.max": "20000 100000" }), 20);
  const v1 = { "cpu,cpuacct/cpu.cfs_quota_us": "25000", "cpu,cpuacct/cpu.cfs_period_us": "50000" };
  equal(await quota("4:cpu,cpuacct:/docker/5f\n1:name=systemd:/\n", v1), 50);
  equal(await quota("4:cpuset:/\n", v1), null);
  equal(
    await quota("4:cpu:/\n", { "cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "1" }),
    null,
  );
});

Deno.test("where nothing is said of groups there is no quota", async () => {
  equal(await quota("", {}), null);
  equal(await cpuQuotaPercent({ mount: "/nowhere", own: "/nowhere" }), null);
});

Deno.test("what is told for long takes half of a quota, and less where less was asked for", () => {
  const bounded = withinQuota(DEFAULT_SHARE, 20);
  equal(bounded.share.eventsPerSecond, 3_225);
  match(bounded.words ?? "", /20 % of a processor.*at most 3,225 events a second.*not 8,000/);
  equal(withinQuota(DEFAULT_SHARE, 10).share.cpuPercent, 10);
  const asked = { ...DEFAULT_SHARE, eventsPerSecond: 2_000 };
  deepEqual(withinQuota(asked, 20), { share: asked });
  deepEqual(withinQuota(DEFAULT_SHARE, null), { share: DEFAULT_SHARE });
  deepEqual(withinQuota(DEFAULT_SHARE, 400), { share: DEFAULT_SHARE });
});
