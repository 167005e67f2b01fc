import { deepStrictEqual as same, match } from "node:assert";
import {
  installerOf,
  jitRemark,
  lockedMemoryRemark,
  memoryRemark,
  quotaRemark,
} from "./surroundings.ts";

Deno.test("packages are installed as the system does", () => {
  same(installerOf('NAME="Debian GNU/Linux"\nID=debian\n'), "apt-get install");
  same(installerOf('ID="linuxmint"\nID_LIKE="ubuntu debian"\n'), "apt-get install");
  same(installerOf('ID="rocky"\nID_LIKE="rhel centos fedora"\n'), "dnf install");
  same(installerOf("ID=plan9\n"), null);
  same(installerOf(""), null);
});

Deno.test("a limit of locked memory matters before Linux 5.11 only", () => {
  const limits = "Max locked memory         8388608              8388608              bytes\n";
  match(lockedMemoryRemark(limits, "5.10.0-28-amd64")!, /limited to 8192 KiB/);
  same(lockedMemoryRemark(limits, "5.11.0"), null);
  same(lockedMemoryRemark(limits, "6.1.0"), null);
  same(lockedMemoryRemark(limits.replaceAll("8388608", "unlimited"), "5.10.0"), null);
});

Deno.test("little memory and an interpreting kernel are remarked upon", () => {
  match(memoryRemark(256 * 2 ** 20)!, /may use 256 MiB/);
  same([memoryRemark(2 ** 30), memoryRemark(null)], [null, null]);
  match(jitRemark("0\n")!, /bpf_jit_enable=1/);
  same([jitRemark("1\n"), jitRemark("")], [null, null]);
});

Deno.test("a quota is told where it leaves less than the default takes", () => {
  match(quotaRemark(20)!, /may take 20 % of a processor/);
  same([quotaRemark(100), quotaRemark(null)], [null, null]);
});
