/** What a host keeps to itself: 127.0.0.0/8, a macvlan's parent, a network that covers others. */
import { macOf } from "../../../../src/lab/address.ts";
import { webServer } from "../../../cases/traffic/servers.ts";
import { type AnySpec, fault } from "../../bench/spec.ts";
import { overlay } from "../../worlds/overlay.ts";
import { routed, twoRouters } from "../../worlds/routed.ts";
import type { Namespace } from "../../../../src/lab/namespace.ts";
import { DUAL, type Host, type Site, type World } from "../../worlds/world.ts";
import { ping, ping6, tcp } from "../talks.ts";

interface Place<W extends World> {
  id: string;
  world(site: Site): W;
  /** Who translates, and its device towards the client. */
  at(world: W): [Namespace, string];
}

// deno-lint-ignore no-explicit-any
const place = <W extends World>(one: Place<W>): Place<any> => one;

const VIP = "198.18.7.12";

const localnet = [
  place({ id: "two-routers", world: twoRouters, at: (w) => [w.first, w.left] }),
  place({ id: "overlay", world: overlay(), at: (w) => [w.a.at, w.a.bridge] }),
].map(({ id, world, at }) =>
  fault<World>({
    id: `route-localnet-${id}`,
    code: "route-localnet-disabled",
    world,
    setUp(w) {
      const [netns, device] = at(w);
      netns.iptables(
        "nat",
        `-A PREROUTING -p tcp -m tcp -d ${VIP} --dport 8080 -j DNAT --to-destination 127.0.0.1:80`,
      ).sysctl({ [`net.ipv4.conf.${device}.route_localnet`]: 1 });
    },
    fault: {
      lay(w) {
        const [netns, device] = at(w);
        netns.sysctl({ [`net.ipv4.conf.${device}.route_localnet`]: 0 });
      },
    },
    near: {
      what: "it is off for lo, by which nothing of it comes",
      lay: (w) => void at(w)[0].sysctl({ "net.ipv4.conf.lo.route_localnet": 0 }),
    },
    servers: (w) => [
      webServer(at(w)[0], { address: "127.0.0.1", port: 80, does: "answer-at-end" }),
    ],
    talks: (w) => [tcp(w, 8_080, { to: VIP })],
    came: () => [{
      outcomes: ["unanswered"],
      codes: ["route-localnet-disabled"],
      alsoTrue: ["martian-address"],
      says: { "the setting": /route_localnet/ },
      remedy: true,
    }],
  })
);

interface Shared extends World {
  host: Namespace;
  parent: string;
  hostAddress: string;
  hostAddress6: string;
}

/** A host with a container on a macvlan of its device, and a child of its own for it. */
function container(options: { asks: "host" | "container"; bridge?: boolean }) {
  return ({ topology, draw }: Site): Shared => {
    const host = topology.namespace("host", DUAL);
    const wire = topology.namespace("wire");
    const at = topology.namespace("ctr", DUAL);
    const [uplink, net] = [draw.uplink(), draw.net()];
    const parent = options.bridge ? "br-lan" : uplink;
    topology.veth(host, uplink, wire, "p0");
    wire.bridge("br0", { ports: ["p0"] });
    if (options.bridge) host.bridge(parent, { ports: [uplink] });
    for (const [to, device] of [[at, "eth0"], [host, "shim0"]] as const) {
      topology.create({
        netns: host.name,
        tool: "ip",
        line: `link add ${device} link ${parent} netns ${to.name} ` +
          `address ${macOf(to.role, device)} type macvlan mode bridge`,
      });
      to.up(device);
    }
    at.address("eth0", ...net.both(50));
    const [hostAddress, hostAddress6] = net.both(2);
    const own = (who: Namespace, device: string, number: number): Host => ({
      at: who,
      node: "node",
      device,
      mac: macOf(who.role, device),
      four: net.ip(number),
      six: net.ip6(number),
    });
    const ends = [own(host, "shim0", 2), own(at, "eth0", 50)] as const;
    const [client, server] = options.asks === "host" ? ends : [ends[1], ends[0]];
    return {
      topology,
      draw,
      nodes: { node: [host, at] },
      client,
      server,
      host,
      parent,
      hostAddress,
      hostAddress6,
    };
  };
}

const isolated = [
  { id: "host", world: container({ asks: "host" }) },
  { id: "container-v6", world: container({ asks: "container" }), six: true },
  { id: "bridge", world: container({ asks: "container", bridge: true }) },
].map(({ id, world, six = false }) => {
  const give = (w: Shared, device: string) =>
    void w.host.ip(
      `addr add ${w.hostAddress} dev ${device}`,
      `addr add ${w.hostAddress6} dev ${device} nodad`,
    );
  return fault<Shared>({
    id: `macvlan-isolation-${id}`,
    code: "macvlan-isolation",
    world,
    fault: { lay: (w) => give(w, w.parent) },
    near: {
      what: "another network's address on the parent",
      lay(w) {
        give(w, "shim0");
        w.host.ip(`addr add 192.0.2.2/24 dev ${w.parent}`);
      },
    },
    noTwin: true,
    talks: (w) => [six ? ping6(w) : ping(w)],
    came: (w) => [{
      outcomes: ["unanswered", "refused"],
      codes: ["macvlan-isolation"],
      alsoTrue: ["neighbour-unresolved"],
      says: { "the device's kind": /macvlan/, "the parent": new RegExp(`\\b${w.parent}\\b`) },
    }],
  });
});

interface Covered<W extends World> {
  id: string;
  world(site: Site): W;
  /** Whose bridge covers which address. */
  at(world: W): [Namespace, string];
}

// deno-lint-ignore no-explicit-any
const covered = <W extends World>(one: Covered<W>): Covered<any> => one;

/** The /16 of an address, as a container's network has it. */
const wide = (address: string) => address.replace(/\.\d+\.\d+$/, ".255.254/16");

const overlaps = [
  covered({ id: "server", world: routed(), at: (w) => [w.server.at, w.client.four] }),
  covered({ id: "two-routers", world: twoRouters, at: (w) => [w.second, w.client.four] }),
  covered({
    id: "client",
    world: routed({ pods: false }),
    at: (w) => [w.client.at, w.server.four],
  }),
].map(({ id, world, at }) => {
  const bridge = (w: World, address: string) => {
    const [netns] = at(w);
    w.topology.veth(netns, "vnet0", netns, "vm0");
    netns.bridge("br-5f1c", { ports: ["vnet0"], addresses: [address] });
  };
  return fault<World>({
    id: `address-overlap-${id}`,
    code: "address-overlap",
    world,
    fault: {
      lay(w) {
        const [netns, address] = at(w);
        if (netns.role === "second") netns.ip(`route del ${address.replace(/\d+$/, "0/24")}`);
        bridge(w, wide(address));
      },
    },
    near: {
      what: "a bridge's network that covers nobody's",
      lay: (w) => bridge(w, "100.64.0.1/16"),
    },
    servers: (w) => [webServer(w.server.at, { port: 8_080, does: "answer-at-end" })],
    talks: (w) => [tcp(w, 8_080, { timeoutMs: 3_500 })],
    came: (w) => [{
      outcomes: ["unanswered", "refused"],
      codes: ["address-overlap"],
      alsoTrue: ["neighbour-unresolved", "asymmetric-path"],
      says: {
        "the bridge": /br-5f1c/,
        "the network": new RegExp(at(w)[1].replace(/\.\d+\.\d+$/, "")),
      },
    }],
  });
});

export const local: AnySpec[] = [...localnet, ...isolated, ...overlaps];
