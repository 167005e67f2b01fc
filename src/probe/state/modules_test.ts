import { deepEqual, equal } from "node:assert/strict";
import { askable, loadableAt, loadableIn } from "./modules.ts";

Deno.test("what would load a module is not asked", () => {
  const loadable = loadableIn(
    "kernel/net/netfilter/nf_tables.ko.xz: kernel/net/netfilter/nfnetlink.ko.xz\n" +
      "kernel/net/netfilter/nfnetlink.ko.xz:\nkernel/net/ipv4/tcp_diag.ko: \n" +
      "kernel/net/xfrm/xfrm-user.ko.zst:\nkernel/net/netfilter/nf_conntrack_netlink.ko:\n" +
      "kernel/net/netfilter/ipset/ip_set.ko:\n",
  );
  deepEqual(askable(loadable, ""), []);
  deepEqual(askable(loadable, "nfnetlink 20480 2\ntcp_diag 16384 0\n"), ["sockets"]);
  deepEqual(askable(loadable, "nfnetlink 20480 2\nnf_tables 1 1\n"), ["netfilter"]);
  const all = ["netfilter", "sockets", "xfrm", "connections", "ipset"];
  deepEqual(askable(new Set(), ""), all, "all of it built in");
});

Deno.test("the list of modules is read again when it is another file", async () => {
  const folder = await Deno.makeTempDir({ prefix: "lhst-" });
  try {
    const path = `${folder}/modules.dep`;
    equal((await loadableAt(path)).has("nf_tables"), false);
    await Deno.writeTextFile(path, "kernel/net/nf_tables.ko:\n");
    const first = await loadableAt(path);
    equal(first.has("nf_tables"), true);
    equal(await loadableAt(path), first, "it was not read again");
    // As depmod does it.
    await Deno.writeTextFile(`${path}.new`, "kernel/net/xfrm_user.ko:\n");
    await Deno.rename(`${path}.new`, path);
    equal((await loadableAt(path)).has("nf_tables"), false);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
