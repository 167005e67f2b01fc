import { deepStrictEqual as same, match } from "node:assert";
import { DATAPATH_MODULES, datapathChecks } from "./datapaths.ts";

const trixie = { consume: true };
const bookworm = { consume: false };

Deno.test("doctor speaks of the datapaths that are on the node, and of no others", () => {
  same(datapathChecks([], trixie), []);
  same(datapathChecks(["veth", "bridge", "wireguard"], trixie).map(({ id }) => id), [
    "datapath-bridge",
    "datapath-wireguard",
  ]);
});

Deno.test("what wireguard and ipvlan refuse is told where the kernel says who is done with a packet", () => {
  for (const name of ["wireguard", "ipvlan"]) {
    match(datapathChecks([name], bookworm)[0]!.note!, /from Linux 6\.3 on/);
    match(datapathChecks([name], trixie)[0]!.note!, /refuse.* is told/);
  }
});

Deno.test("what of a kind is not seen is said with it, and each module names one kind", () => {
  for (const name of ["mpls_router", "bonding", "ip_set", "sch_netem", "cls_flower", "ip_gre"]) {
    const said = datapathChecks([name], trixie);
    same(said.map(({ state }) => state), ["partly"]);
    match(said[0]!.note!, /\w+ \w+/);
  }
  same(new Set(DATAPATH_MODULES).size, DATAPATH_MODULES.length);
});
