/** What people are told of this cause. */
import type { CauseText } from "../cause_text.ts";

/** Its section of docs/causes.md. */
export const cause: CauseText = {
  code: "tunnel-endpoint-unreachable",
  group: "tunnels",
  means: "The packet was encapsulated to an outer address that can't be reached from here: no " +
    "route, no neighbour, or nobody there.",
  knows:
    "It saw the outer addresses on the wire. Then either the outer packet died on its way out " +
    "(the evidence says how), or it left and no probed node that has the address got it. The " +
    "evidence names the fdb entry, or the `remote` of the device, that chose the address.",
  remedy:
    "Point the tunnel at an address of that node which can be reached. With flannel, a node " +
    "behind NAT has to announce its public address: annotate it with " +
    "`flannel.alpha.coreos.com/public-ip-overwrite`, and restart its flannel pod. A repair of " +
    "the fdb entry alone lasts until the controller writes it again.",
};
