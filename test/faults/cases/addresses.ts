/** Sources and destinations that may not be where they are, and frames for somebody else. */
import { type AnySpec, delivered, dropped, fault } from "../bench/spec.ts";
import { pods, switched } from "../worlds/bridged.ts";
import { routed } from "../worlds/routed.ts";
import { ping, ping6, server, tcp, udp } from "./talks.ts";

const strange = "198.51.100.77";

export const addresses: AnySpec[] = [
  ...["all", "own"].map((where) =>
    fault({
      id: `rp-filter-strict-${where}`,
      code: "reverse-path-filter",
      world: routed(),
      fault: {
        lay: (w) => {
          w.client.at.address("lo", `${strange}/32`);
          const device = where === "all" ? "all" : w.left;
          w.router.sysctl({ [`net/ipv4/conf/${device}/rp_filter`]: 1 });
          w.router.ip("route add 198.51.100.0/24 dev lo");
          w.server.at.ip(`route add ${strange} via ${w.serverGateway}`);
        },
      },
      near: {
        what: "rp_filter 2, the source reachable another way",
        lay: (w) => {
          w.client.at.address("lo", `${strange}/32`);
          w.router.sysctl({ [`net/ipv4/conf/${w.left}/rp_filter`]: 2 });
        },
      },
      servers: (w) => [server(w, "udp", 9999)],
      talks: (w) => [
        udp(w, 9999, {
          source: w.client.four,
          oneWay: false,
        }),
        udp(w, 9999, { source: strange, oneWay: true }),
      ],
      verdicts: (w) => [
        delivered(),
        dropped([w.routerNode, w.left], "reverse-path-filter", { talk: 1, source: strange }),
      ],
      happened: (_, [good, bad]) => good!.answered === 2 && bad!.answered === 0,
      well: (_, [good]) => good!.answered === 2,
      alone: true,
    })
  ),
  fault({
    id: "rp-filter-strict-asymmetric",
    code: "reverse-path-filter",
    world: routed(),
    // The way back to the client leads elsewhere, so strict filtering refuses its requests.
    fault: {
      lay: (w) => {
        // The filter would refuse the client's ARP as well: it knew the router before.
        w.client.at.neighbour(w.client.device, w.gateway, w.leftMac);
        w.router.sysctl({ [`net/ipv4/conf/${w.left}/rp_filter`]: 1 });
        w.router.ip(`route add ${w.client.four}/32 dev ${w.right} scope link`);
      },
    },
    near: {
      what: "rp_filter 1 where the way back is the way in",
      lay: (w) => w.router.sysctl({ "net.ipv4.conf.all.rp_filter": 1 }),
    },
    talks: (w) => [ping(w)],
    verdicts: (w) => [dropped([w.routerNode, w.left], "reverse-path-filter")],
  }),
  fault({
    id: "martian-own-source",
    code: "martian-address",
    world: switched(),
    fault: {
      lay: (w) => {
        w.client.at.neighbour(w.client.device, w.server.four, w.server.mac);
        w.server.at.address("lo", `${w.client.four}/32`);
      },
    },
    near: {
      what: "a second address on lo that nobody uses",
      lay: (w) => w.server.at.address("lo", "198.51.100.9/32"),
    },
    talks: (w) => [ping(w)],
    verdicts: (w) => [dropped(["b", w.server.device], "martian-address")],
  }),
  fault({
    id: "route-localnet-off",
    code: "route-localnet-disabled",
    world: routed(),
    fault: {
      lay: (w) =>
        w.router.nft(
          `table ip bad { chain pre { type nat hook prerouting priority dstnat; ` +
            `tcp dport 8080 dnat to 127.0.0.1:8080; }; }`,
        ),
    },
    near: {
      what: "a forward to 127.0.0.1 with route_localnet off, of a port that nobody asks for",
      lay: (w) =>
        w.router.nft(
          `table ip bad { chain pre { type nat hook prerouting priority dstnat; ` +
            `tcp dport 8081 dnat to 127.0.0.1:8080; }; }`,
        ),
    },
    servers: (w) => [server(w, "tcp", 8080)],
    talks: (w) => [tcp(w, 8080)],
    verdicts: (w) => [dropped([w.routerNode, w.left], "route-localnet-disabled")],
  }),
  ...([["static-on-client", "a"], ["static-on-gateway", "router"]] as const).map(([id, who]) =>
    who === "a"
      ? fault({
        id: `mac-wrong-${id}`,
        code: "destination-mac-mismatch",
        world: pods,
        fault: {
          lay: (w) => {
            const wrong = "0a:de:ad:00:00:01";
            w.client.at.neighbour(w.client.device, w.server.four, wrong);
            // A frame that the switch knows where to send, as after a pod was made anew.
            w.host.bridgeTool(`fdb add ${wrong} dev ${w.serverPort} master static`);
          },
        },
        near: {
          what: "the right MAC, entered by hand",
          lay: (w) => w.client.at.neighbour(w.client.device, w.server.four, w.server.mac),
        },
        talks: (w) => [ping(w)],
        verdicts: (w) => [dropped(["node", w.server.device], "destination-mac-mismatch")],
      })
      : fault({
        id: `mac-wrong-${id}`,
        code: "destination-mac-mismatch",
        world: routed(),
        fault: { lay: (w) => w.router.neighbour(w.right, w.server.four, "0a:de:ad:00:00:02") },
        near: {
          what: "a wrong MAC for an address nobody uses",
          lay: (w) => w.router.neighbour(w.right, `${w.serverGateway}99`, "0a:de:ad:00:00:02"),
        },
        servers: (w) => [server(w, "tcp", 8080)],
        talks: (w) => [tcp(w, 8080)],
        verdicts: (w) => [dropped([w.server.node, w.server.device], "destination-mac-mismatch")],
      })
  ),
  fault({
    id: "mac-wrong-v6",
    code: "destination-mac-mismatch",
    world: switched(),
    fault: {
      lay: (w) =>
        w.client.at.ip(
          `neigh replace ${w.server.six} lladdr 0a:de:ad:00:00:03 ` +
            `dev ${w.client.device} nud permanent`,
        ),
    },
    talks: (w) => [ping6(w)],
    // The switch floods what it does not know: every host gets it and none is meant.
    verdicts: (w) => [dropped(["b", w.server.device], "destination-mac-mismatch")],
  }),
  fault({
    id: "mac-changed-replies",
    code: "destination-mac-mismatch",
    world: switched(),
    fault: {
      lay: (w) => w.server.at.neighbour(w.server.device, w.client.four, "0a:de:ad:00:00:04"),
    },
    talks: (w) => [ping(w)],
    verdicts: (w) => [
      delivered(),
      dropped(["a", w.client.device], "destination-mac-mismatch", { reply: true }),
    ],
    happened: (_, [sent]) => sent!.answered === 0,
    alone: true,
  }),
];
