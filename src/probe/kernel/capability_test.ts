import { processorsIn } from "./processors.ts";
import { deepStrictEqual as same, ok, throws } from "node:assert";
import {
  type Capability,
  isAtLeast,
  obstacleOf,
  readCapability,
  requireTracing,
} from "./capability.ts";

const able: Capability = {
  kernel: "6.1.0",
  bpftrace: "0.17.0",
  root: true,
  uid: 0,
  privileged: true,
  tracepoints: new Set(["net:netif_receive_skb"]),
  tracepointsRead: true,
  btf: true,
  conntrack: null,
  dropReason: true,
  raw: false,
  kprobes: true,
  functions: new Set(),
  nft: null,
  cpus: 2,
  lockdown: "none",
};

Deno.test("a machine that can trace has no obstacle", () => {
  same(obstacleOf(able), null);
  same(obstacleOf({ ...able, lockdown: "integrity" }), null);
});

Deno.test("each obstacle to tracing is named, with what must be", () => {
  const cases: [Partial<Capability>, string, string][] = [
    [
      { root: false, uid: 1000, privileged: false, bpftrace: null },
      "not_root",
      "running as user uid 1000, must be root (try sudo)",
    ],
    [
      { privileged: false },
      "not_privileged",
      "running as root without CAP_SYS_ADMIN, must have it (a container: start it privileged)",
    ],
    [
      { bpftrace: null },
      "bpftrace_missing",
      "bpftrace is not installed, must be 0.17 or later (apt-get install bpftrace)",
    ],
    [{ bpftrace: "0.16.0" }, "bpftrace_old", "bpftrace 0.16.0 found, must be 0.17 or later"],
    [
      { btf: false },
      "btf_missing",
      "this kernel has no /sys/kernel/btf/vmlinux, must be built with CONFIG_DEBUG_INFO_BTF " +
      "(or have its types in a file: --btf FILE)",
    ],
    [
      { lockdown: "confidentiality" },
      "locked_down",
      'kernel lockdown is "confidentiality", must be "none" or "integrity" to read packets',
    ],
  ];
  for (const [lacking, code, why] of cases) {
    throws(() => requireTracing({ ...able, ...lacking }), {
      code,
      message: `Cannot trace: ${why}`,
    });
  }
});

Deno.test("versions compare as numbers, not as text", () => {
  ok(isAtLeast("0.17.0", "0.17"));
  ok(isAtLeast("1.0", "0.17"));
  ok(!isAtLeast("0.9.4", "0.17"));
  ok(!isAtLeast("0.16.9", "0.17"));
});

Deno.test("processors are counted from the kernel's list", () => {
  same([processorsIn("0-1"), processorsIn("0-2,8"), processorsIn("")], [[0, 1], [0, 1, 2, 8], []]);
});

/** Mounts of what the kernel shows of itself. Others come and go with whatever else runs here. */
async function kernelMounts(): Promise<string[]> {
  const lines = (await Deno.readTextFile("/proc/self/mounts")).split("\n");
  return lines.filter((line) => /^\S+ \/sys\S* | (tracefs|debugfs|bpf|securityfs) /.test(line));
}

Deno.test("this machine's capability is read without a change to its mounts", async () => {
  const mounts = await kernelMounts();
  ok(mounts.length > 0);
  const capability = await readCapability();
  same(await kernelMounts(), mounts);
  same(capability.kernel, Deno.osRelease());
  same(capability.tracepointsRead, capability.tracepoints.size > 0);
  if (capability.privileged) ok(capability.tracepoints.has("skb:kfree_skb"));
});

Deno.test("a bpftrace that is not there is no bpftrace", async () => {
  same((await readCapability("lasthop-has-no-such-program")).bpftrace, null);
});
