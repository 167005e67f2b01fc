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
    modules: ["vxlan", "geneve", "ipip", "ip_gre", "ip6_gre", "sit", "ip6_tunnel"],
    what: "Tunnels without encryption, two headers deep",
    tells: YES,
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
    modules: ["esp4", "esp6", "xfrm_interface"],
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
    id: "stacked",
    modules: ["macvlan", "8021q", "vrf"],
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
