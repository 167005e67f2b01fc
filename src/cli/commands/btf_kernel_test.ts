/** A kernel that shows no types of its own is traced with those of a file. */
import { equal, match } from "node:assert/strict";
import { kernelTest } from "../../lab/kernel_testing.ts";
import { runLasthop } from "../../../test/fake/lasthop.ts";

/** In a mount namespace without /sys/kernel/btf. */
const WITHOUT = [
  ...["unshare", "-m", "sh", "-c", 'mount -t tmpfs none /sys/kernel/btf && exec "$@"', "sh"],
];
const TRACE = ["trace", "--for", "1s", "--no-archive", "--no-listen", "icmp"];

kernelTest("trace: --btf takes the types of a file where the kernel shows none", async () => {
  const folder = await Deno.makeTempDir({ prefix: "lasthop-btf-" });
  try {
    const types = `${folder}/types`;
    await Deno.copyFile("/sys/kernel/btf/vmlinux", types);
    const without = await runLasthop(TRACE, { prefix: WITHOUT });
    equal(without.code, 1);
    match(without.stderr, /no \/sys\/kernel\/btf\/vmlinux.*--btf FILE/);
    const given = await runLasthop([...TRACE, "--btf", types], { prefix: WITHOUT });
    equal(given.code, 0, given.stderr);
    match(given.stdout, /\d+ of \d+ scripts/);
    const broken = await Deno.readFile(types);
    await Deno.writeFile(types, broken.subarray(0, 1000));
    const cut = await runLasthop([...TRACE, "--btf", types], { prefix: WITHOUT });
    equal(cut.code, 1);
    match(cut.stderr, /Cannot use --btf/);
    const own = await runLasthop([...TRACE, "--btf", types]);
    match(own.stderr, /Cannot use --btf: this kernel has \/sys\/kernel\/btf\/vmlinux/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
