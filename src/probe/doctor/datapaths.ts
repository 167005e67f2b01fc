/**
 * What of each kind of datapath on this node is seen and what is not. Which kinds there are, the
 * kernel's modules tell: most are loaded when the first device or rule of their kind is made.
 */
import type { Check } from "./check.ts";

/** What decides how much is told of a datapath here. */
export interface Telling {
  /** Who is done with a packet is told (Linux 6.3). */
  consume: boolean;
}

/** One kind of datapath. */
interface Datapath {
  id: string;
  /** Names of modules, as in /sys/module, of which one is there when the kind is. */
  modules: readonly string[];
  what: string;
  tells(telling: Telling): Pick<Check, "state" | "note">;
}

const YES = () => ({ state: "yes" as const });
const partly = (note: string) => ({ state: "partly" as const, note });

const DATAPATHS: readonly Datapath[] = [
  {
    id: "bridge",
    modules: ["bridge"],
    what: "Bridges: ports, their states, isolation and VLANs",
    tells: YES,
  },
  {
    id: "tunnels",
    modules: ["vxlan", "geneve", "ipip", "ip_gre", "ip6_gre", "sit", "ip6_tunnel", "fou"],
    what: "Tunnels without encryption, two headers deep",
    tells: () =>
      partly(
        "of a tunnel in a tunnel the two outer headers are read: what is below is told by what carried it",
      ),
  },
  {
    id: "mpls",
    modules: ["mpls_router"],
    what: "MPLS: packets below their labels, and who takes no labels",
    tells: () =>
      partly("which labels a packet has is not told; below more than three it is not seen"),
  },
  {
    id: "wireguard",
    modules: ["wireguard"],
    what: "wireguard: packets before it encrypts and after it decrypts",
    tells: ({ consume }) =>
      partly(
        "which packet is in what it sends is not seen; a peer without any handshake is told; " +
          (consume
            ? "what it refuses is told, with its peers' allowed-ips"
            : "what it refuses when it receives is told from Linux 6.3 on, what it has no peer for here"),
      ),
  },
  {
    id: "ipsec",
    modules: ["esp4", "esp6", "ah4", "ah6", "ip_vti", "ip6_vti", "xfrm_interface"],
    what: "IPsec: packets as they are encrypted, and what is refused",
    tells: () =>
      partly(
        "what is in them is not seen; why a receiver refused one, by the counter that rose",
      ),
  },
  {
    id: "macsec",
    modules: ["macsec"],
    what: "macsec: packets before it encrypts and after it decrypts",
    tells: () =>
      partly(
        "its frames are none of IP: they are not seen; that it refused some is told by its counters",
      ),
  },
  {
    id: "aggregated",
    modules: ["bonding", "team"],
    what: "Bonds and teams: which links carry, and which link of a bond takes nothing",
    tells: () => partly("by which of its links one sends what is seen, not why it chose that one"),
  },
  {
    id: "stacked",
    modules: ["macvlan", "macvtap", "8021q", "vrf"],
    what: "macvlan, VLAN and VRF devices",
    tells: () => partly("they receive without a hop of their own: the device below them is shown"),
  },
  {
    id: "ipvlan",
    modules: ["ipvlan"],
    what: "ipvlan devices",
    tells: ({ consume }) =>
      partly(
        "they receive without a hop of their own; " + (consume
          ? "what they refuse is told"
          : "what they refuse (mode private) is told from Linux 6.3 on"),
      ),
  },
  {
    id: "ipvs",
    modules: ["ip_vs"],
    what: "IPVS: translated packets, and services without servers",
    tells: () => partly("its schedulers are not read; what else it refuses is unexplained"),
  },
  {
    id: "sctp",
    modules: ["sctp"],
    what: "SCTP: associations, and who refuses one",
    tells: () => partly("of a packet the first chunk alone is read"),
  },
  {
    id: "ipset",
    modules: ["ip_set"],
    what: "Sets of ipset that rules ask for",
    tells: () =>
      partly(
        "where the command ipset is installed; whether a packet is in a set with masks, of a bridge's " +
          "ports, or one that rules add to is not decided",
      ),
  },
  {
    id: "queues",
    modules: [
      ...[
        "sch_netem",
        "sch_tbf",
        "sch_htb",
        "sch_prio",
        "sch_hfsc",
        "sch_drr",
        "sch_qfq",
        "sch_ets",
      ],
      ...["sch_fq_codel", "sch_cake", "sch_fq", "sch_sfq", "sch_red", "sch_codel", "sch_pie"],
    ],
    what: "Queueing disciplines: which one dropped, also below others",
    tells: () => partly("classes are not read; a packet that waits is silent meanwhile"),
  },
  {
    id: "traffic-control",
    modules: [
      ...["cls_matchall", "cls_flower", "cls_u32", "cls_bpf", "cls_basic", "cls_fw", "act_gact"],
      ...["act_mirred", "act_police", "act_bpf", "act_ct", "act_pedit"],
    ],
    what: "Filters and actions of tc: which one dropped",
    tells: () =>
      partly(
        "by counters and the filter's text; what a device's own hardware does (in_hw) is not seen",
      ),
  },
  {
    id: "queued",
    modules: ["nfnetlink_queue"],
    what: "Packets that netfilter hands to a program (NFQUEUE)",
    tells: () => partly("while the program has one it is silent"),
  },
];

/** Modules that tell of a kind of datapath. */
export const DATAPATH_MODULES: readonly string[] = DATAPATHS.flatMap(({ modules }) => modules);

/** What is said of the kinds that are here, by the modules that the kernel has. */
export const datapathChecks = (modules: readonly string[], telling: Telling): Check[] =>
  DATAPATHS.filter((kind) => kind.modules.some((name) => modules.includes(name)))
    .map(({ id, what, tells }) => ({
      id: `datapath-${id}`,
      what,
      ...tells(telling),
      scripts: [],
    }));
