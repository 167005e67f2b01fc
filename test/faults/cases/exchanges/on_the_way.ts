/** Something on the way that answers in the server's name. */
import { webServer } from "../../../cases/traffic/servers.ts";
import { type AnySpec, fault } from "../../bench/spec.ts";
import { type Routed, routed } from "../../worlds/routed.ts";
import { tcp } from "../talks.ts";

const PORT = 8_080;
const LOOSE = "net/netfilter/nf_conntrack_tcp_loose";

/** SYNs are not tracked; what is not, and what is invalid for it, SYNPROXY answers or opens. */
const synproxy = `table inet protect {
  chain raw { type filter hook prerouting priority -300; tcp dport ${PORT} tcp flags syn notrack; };
  chain forward {
    type filter hook forward priority 0;
    tcp dport ${PORT} ct state invalid,untracked synproxy mss 1460 wscale 7 timestamp sack-perm;
    ct state invalid drop;
  };
}`;

export const onTheWay: AnySpec[] = [
  fault({
    id: "answered-on-the-way-synproxy",
    code: "answered-on-the-way",
    world: routed(),
    setUp: (w: Routed) => {
      w.router.nft(synproxy);
      w.router.sysctl({ [LOOSE]: 0 });
    },
    // The segment after the SYN is taken for one of a connection that began before.
    fault: { lay: (w) => w.router.sysctl({ [LOOSE]: 1 }) },
    near: {
      what: "the setting is for connections of another namespace",
      lay: (w) => w.server.at.sysctl({ [LOOSE]: 1 }),
    },
    servers: (w) => [webServer(w.server.at, { port: PORT, family: 4, does: "answer-at-end" })],
    talks: (w) => [tcp(w, PORT, { to: w.server.four })],
    came: (w) => [{
      outcomes: ["broken"],
      codes: ["answered-on-the-way"],
      says: { who: new RegExp(`\\b${w.router.role}\\b|\\b${w.routerNode}\\b`) },
      remedy: false,
    }],
    happened: (_, [sent]) => sent!.answered === 0,
  }),
];
