/** 15: a node came back with another MAC of its tunnel's device, and one peer did not hear of it. */
import { type AnyCase, reportedCase } from "../bench/case.ts";
import { fact } from "../bench/facts.ts";
import { keepUp } from "../bench/run.ts";
import { curl, ping } from "../traffic/programs.ts";
import { webServer } from "../traffic/servers.ts";
import { type Cluster, cluster } from "../worlds/cluster.ts";
import { must, serve } from "../worlds/kube_proxy.ts";

const reported = {
  words: "a service works two times of three, from one node only",
  where: ["flannel#1155", "questions on services that work now and then"],
};

const truth =
  "a reinstalled node has a new MAC at its vxlan device; one peer still has the old one " +
  "in its neighbour and fdb entries, so the inner frame is for a MAC that is not there";

const MAC = "8e:11:22:33:44:55";

/** The device of node `which` gets a new MAC; all but node 1 hear of it. */
async function reinstall(place: Cluster, which: number, six: boolean): Promise<void> {
  const { at, vtep, underlay } = place.node(which);
  const { tunnel } = place.devices;
  await must(at, ["ip", "link", "set", tunnel, "down"]);
  await must(at, ["ip", "link", "set", tunnel, "address", MAC]);
  await must(at, ["ip", "link", "set", tunnel, "up"]);
  if (six) await must(at, ["ip", "addr", "replace", `${vtep}/128`, "dev", tunnel, "nodad"]);
  for (const name of Object.keys(place.nodes)) {
    const number = Number(name.slice(1));
    if (number === which) continue;
    const peer = place.node(number);
    const way = ["via", peer.vtep, "dev", tunnel, "onlink"];
    await must(at, ["ip", "route", "replace", peer.cidr, ...way]);
    const entry = ["lladdr", peer.vtepMac, "dev", tunnel, "nud", "permanent"];
    await must(at, ["ip", "neigh", "replace", peer.vtep, ...entry]);
    if (number === 1) continue;
    const own = ["lladdr", MAC, "dev", tunnel, "nud", "permanent"];
    await must(peer.at, ["ip", "neigh", "replace", vtep, ...own]);
    await must(peer.at, ["bridge", "fdb", "append", MAC, "dev", tunnel, "dst", underlay]);
  }
}

const service = "10.96.55.5";

const oneOfThree: AnyCase = reportedCase<Cluster>({
  name: "15-one-endpoint-of-three",
  reported,
  truth,
  lay(topology) {
    const place = cluster(topology, { pods: { 1: [2, 3, 5], 2: [5], 3: [5] } });
    const endpoints = [1, 2, 3].map((i) => [place.address(i, 5), 8_080] as const);
    const more = { port: 80, protocol: "tcp" as const, endpoints, inTurn: true };
    serve(place, [{ name: "shop/web:http", address: service, ...more }]);
    return place;
  },
  async start(place, broken) {
    for (const i of [1, 2, 3]) keepUp(place, webServer(place.pod(i, 5), { port: 8_080 }));
    if (broken) await reinstall(place, 3, false);
  },
  async traffic(place) {
    let said = "";
    for (let i = 0; i < 9; i++) {
      said += await curl(place.pod(1, 2 + i % 2), service, { port: 80, seconds: 1.3 });
    }
    // Another node's way to the same pod must not suffer from what is mended.
    return said + await curl(place.pod(2, 5), place.address(3, 5), { port: 8_080 });
  },
  happened: /(curl: 000[\s\S]*){3}curl: 200.*\n$/,
  well: /^(curl: 200.*\n){10}$/,
  asks: () => [{ name: "by service", filter: `host ${service}` }],
  musts: (place) => [{
    protocol: "tcp",
    client: place.address(1, 2),
    server: service,
    port: 80,
    outcomes: ["unanswered"],
    codes: ["destination-mac-mismatch", "tunnel-endpoint-wrong", "frame-to-wrong-node"],
    says: {
      "the endpoint that fails": fact(place.address(3, 5)),
      "the MAC that is there": fact(MAC),
      "the MAC that was written": fact(place.node(3).vtepMac),
    },
    heals: true,
  }],
});

const pingSix: AnyCase = reportedCase<Cluster>({
  name: "15-one-endpoint-of-three.six",
  reported: {
    ...reported,
    words: "pods of two nodes don't reach each other since one was reinstalled",
  },
  truth,
  lay: (topology) =>
    cluster(topology, {
      family: 6,
      pods: { 1: [4], 2: [7], 3: [7] },
      underlay: "10.9.8",
      devices: { uplink: "ens5", bridge: "cbr0", tunnel: "vxlan.calico" },
    }),
  async start(place, broken) {
    if (broken) await reinstall(place, 2, true);
  },
  traffic: async (place) =>
    await ping(place.pod(1, 4), place.address(2, 7), { count: 2 }) +
    await ping(place.pod(3, 7), place.address(2, 7), { count: 2 }),
  happened: /ping: 0 of 2.*\nping: 2 of 2/,
  well: /(ping: 2 of 2.*\n){2}/,
  asks: (place) => [{ name: "by server", filter: `icmp6 and host ${place.address(2, 7)}` }],
  musts: (place) => [{
    protocol: "icmp6",
    client: place.address(1, 4),
    server: place.address(2, 7),
    outcomes: ["unanswered"],
    codes: ["destination-mac-mismatch", "tunnel-endpoint-wrong", "frame-to-wrong-node"],
    says: {
      "the MAC that is there": fact(MAC),
      "the MAC that was written": fact(place.node(2).vtepMac),
    },
    heals: true,
  }],
});

export const oneEndpointOfThree: AnyCase[] = [oneOfThree, pingSix];
