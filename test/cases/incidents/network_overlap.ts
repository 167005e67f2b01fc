/** 06: a network made for containers covers addresses that others have. */
import { type AnyCase, type Place, reportedCase } from "../bench/case.ts";
import { fact } from "../bench/facts.ts";
import { keepUp } from "../bench/run.ts";
import { curl, ping } from "../traffic/programs.ts";
import { webServer } from "../traffic/servers.ts";
import type { Namespace } from "../../../src/lab/namespace.ts";

const where = ["tarikbilla.com/docker-bridge-conflicts", "stackengine.dev, docker0 conflicts"];

interface Office extends Place {
  client: Namespace;
  server: Namespace;
  container: Namespace;
  containerNet: string;
}

const CLIENT = "172.18.40.77";
const SERVER = "10.20.0.5";

/** On the server, docker's network covers the office's: answers go into the bridge. */
const onServer: AnyCase = reportedCase<Office>({
  name: "06-docker-subnet-overlap",
  reported: {
    words: "since docker compose ran, the office can't reach the server any more",
    where,
  },
  truth:
    "docker made 172.18.0.0/16 on the server, which covers the office's 172.18.40.0/24: answers " +
    "go into the bridge, where nobody has the client's address",
  lay(topology, broken) {
    const server = topology.namespace("srv", { forwarding: true });
    const router = topology.namespace("gw", { forwarding: true });
    const client = topology.namespace("client");
    const container = topology.namespace("ctr");
    const containerNet = broken ? "172.18" : "172.30";
    topology.veth(server, "eth0", router, "lan-srv");
    topology.veth(client, "eth0", router, "lan-off");
    topology.veth(container, "eth0", server, "veth7a3b");
    server.address("eth0", `${SERVER}/24`).route("default via 10.20.0.1");
    server.bridge("br-5f1c", { ports: ["veth7a3b"], addresses: [`${containerNet}.0.1/16`] });
    container.address("eth0", `${containerNet}.0.2/16`).route(`default via ${containerNet}.0.1`);
    router.address("lan-srv", "10.20.0.1/24").address("lan-off", "172.18.40.1/24");
    client.address("eth0", `${CLIENT}/24`).route("default via 172.18.40.1");
    docker(server, containerNet);
    const nodes = { server: [server, container], "office-pc": [client], router: [router] };
    return { nodes, client, server, container, containerNet };
  },
  start(place) {
    keepUp(place, webServer(place.server, { port: 22 }), webServer(place.container, { port: 80 }));
  },
  traffic: async ({ client }) =>
    await curl(client, SERVER, { port: 22 }) + await curl(client, SERVER, { port: 8_080 }),
  happened: /(curl: 000.*\n){2}/,
  well: /(curl: 200.*\n){2}/,
  asks: () => [{ name: "by both", filter: `host ${CLIENT} and host ${SERVER}` }],
  musts: () =>
    [22, 8_080].map((port) => ({
      protocol: "tcp",
      client: CLIENT,
      server: SERVER,
      port,
      outcomes: ["unanswered"],
      codes: ["address-overlap"],
      alsoTrue: ["neighbour-unresolved", "asymmetric-path"],
      says: {
        // The container's answers are lost in the container, which is on the same network.
        ...(port === 22 ? { "the bridge": fact("br-5f1c") } : {}),
        "its network": fact("172.18.0.0/16"),
        "the device the request came by": fact("eth0"),
      },
    })),
});

function docker(server: Namespace, net: string): void {
  server.iptables(
    "filter",
    ":FORWARD DROP [0:0]",
    ":DOCKER - [0:0]",
    ":DOCKER-USER - [0:0]",
    "-A FORWARD -j DOCKER-USER",
    "-A FORWARD -o br-5f1c -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
    "-A FORWARD -o br-5f1c -j DOCKER",
    "-A FORWARD -i br-5f1c ! -o br-5f1c -j ACCEPT",
    "-A FORWARD -i br-5f1c -o br-5f1c -j ACCEPT",
    `-A DOCKER -d ${net}.0.2/32 ! -i br-5f1c -o br-5f1c -p tcp -m tcp --dport 80 -j ACCEPT`,
    "-A DOCKER-USER -j RETURN",
  ).iptables(
    "nat",
    ":DOCKER - [0:0]",
    "-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER",
    "-A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER",
    `-A POSTROUTING -s ${net}.0.0/16 ! -o br-5f1c -j MASQUERADE`,
    "-A DOCKER -i br-5f1c -j RETURN",
    `-A DOCKER ! -i br-5f1c -p tcp -m tcp --dport 8080 -j DNAT --to-destination ${net}.0.2:80`,
  );
}

interface Laptop extends Place {
  laptop: Namespace;
  server: Namespace;
}

/** On the client, libvirt's network covers the server's: questions go into the bridge. */
const onClient: AnyCase = reportedCase<Laptop>({
  name: "06-docker-subnet-overlap.client",
  reported: {
    words: "one laptop can't reach a server of the company, all others can: no route to host",
    where: ["questions on libvirt's virbr0 and on docker0's 172.17.0.0/16 against a VPN"],
  },
  truth:
    "the laptop's own bridge network covers the server's address, so the question goes into the " +
    "bridge, where nobody has it",
  lay(topology, broken) {
    const laptop = topology.namespace("laptop");
    const router = topology.namespace("gw", { forwarding: true });
    const server = topology.namespace("srv");
    topology.veth(laptop, "wlan0", router, "air");
    topology.veth(router, "dc", server, "ens3");
    topology.veth(laptop, "vnet0", laptop, "vm0");
    laptop.address("wlan0", "192.168.5.30/24").route("default via 192.168.5.1");
    const net = broken ? "10.99" : "10.66";
    laptop.bridge("virbr1", { ports: ["vnet0"], addresses: [`${net}.0.1/16`] });
    router.address("air", "192.168.5.1/24").address("dc", "10.99.3.1/24");
    server.address("ens3", "10.99.3.8/24").route("default via 10.99.3.1");
    return { nodes: { laptop: [laptop], server: [server] }, laptop, server };
  },
  traffic: ({ laptop }) => ping(laptop, "10.99.3.8", { count: 2 }),
  happened: /ping: 0 of 2/,
  well: /ping: 2 of 2/,
  asks: () => [{ name: "by server", filter: "icmp and host 10.99.3.8" }],
  musts: () => [{
    protocol: "icmp",
    client: "10.99.0.1",
    server: "10.99.3.8",
    outcomes: ["unanswered", "refused"],
    codes: ["address-overlap"],
    alsoTrue: ["neighbour-unresolved"],
    says: {
      "the bridge": fact("virbr1"),
      "its network": fact("10.99.0.0/16"),
      "the node that has the address": fact("server"),
    },
  }],
});

export const networkOverlap: AnyCase[] = [onServer, onClient];
