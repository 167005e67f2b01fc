/** A tunnel's own packets that are not let through. */
import { type AnySpec, delivered, dropped, fault } from "../bench/spec.ts";
import { overlay } from "../worlds/overlay.ts";
import { ping, server, tcp } from "./talks.ts";

const input = (rule: string) =>
  `table inet fw { chain c { type filter hook input priority 0; ${rule}; }; }`;
const output = (rule: string) =>
  `table inet fw { chain c { type filter hook output priority 0; ${rule}; }; }`;

export const blockedTunnels: AnySpec[] = [
  fault({
    id: "tunnel-blocked-receiver",
    code: "tunnel-blocked",
    world: overlay(),
    fault: { lay: (w) => w.b.at.nft(input(`udp dport ${w.port} drop`)) },
    near: {
      what: "another UDP port is blocked",
      lay: (w) => w.b.at.nft(input("udp dport 6081 drop")),
    },
    servers: (w) => [server(w, "tcp", 8080)],
    talks: (w) => [tcp(w, 8080)],
    verdicts: (w) => [dropped(["b", w.b.uplink], "tunnel-blocked")],
  }),
  fault({
    id: "tunnel-blocked-sender",
    code: "tunnel-blocked",
    world: overlay({ mode: "bridged" }),
    fault: { lay: (w) => w.a.at.nft(output(`udp dport ${w.port} drop`)) },
    near: {
      what: "from that port, which no tunnel sends from",
      lay: (w) => w.a.at.nft(output(`udp sport ${w.port} drop`)),
    },
    setUp: (w) => void w.client.at.neighbour("eth0", w.server.four, w.server.mac),
    talks: (w) => [ping(w)],
    verdicts: (w) => [
      dropped(["a", w.vx], ["tunnel-blocked"], { at: [["a", w.vx], ["a", w.a.uplink], ["a", ""]] }),
    ],
  }),
  fault({
    id: "tunnel-blocked-iptables",
    code: "tunnel-blocked",
    world: overlay({ mode: "external" }),
    fault: {
      lay: (w) => w.b.at.iptables("filter", `-A INPUT -p udp --dport ${w.port} -j DROP`),
    },
    near: {
      what: "UDP from elsewhere is dropped",
      lay: (w) => w.b.at.iptables("filter", "-A INPUT -p udp -s 198.51.100.1 -j DROP"),
    },
    talks: (w) => [ping(w)],
    verdicts: (w) => [dropped(["b", w.b.uplink], "tunnel-blocked")],
  }),
  fault({
    id: "tunnel-wrong-port",
    code: "tunnel-blocked",
    world: overlay(),
    fault: {
      lay: (w) =>
        w.b.at.ip(
          `link del ${w.vx}`,
          `link add ${w.vx} address ${w.b.vtepMac} mtu 1450 type vxlan id ${w.vni} ` +
            `dstport ${w.port + 1} local ${w.b.underlay} nolearning`,
          `link set ${w.vx} up`,
        ),
    },
    talks: (w) => [ping(w)],
    verdicts: (w) => [dropped(["b", w.b.uplink], "tunnel-blocked")],
    alone: true,
  }),
  fault({
    id: "tunnel-blocked-for-replies",
    code: "tunnel-blocked",
    world: overlay(),
    fault: { lay: (w) => w.a.at.nft(input(`udp dport ${w.port} drop`)) },
    talks: (w) => [ping(w)],
    verdicts: (w) => [
      delivered(),
      dropped(["a", w.a.uplink], "tunnel-blocked", { reply: true }),
    ],
    happened: (_, [sent]) => sent!.answered === 0,
    alone: true,
  }),
];
