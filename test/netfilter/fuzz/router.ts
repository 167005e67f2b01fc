/** One router of a round: where it stands, and its rules. */
import { macOf } from "../../../src/lab/address.ts";
import type { Namespace } from "../../../src/lab/namespace.ts";
import type { Random } from "../rules.ts";
import type { Yard } from "../yard.ts";
import { type Program, programOf } from "./program.ts";
import type { Place } from "./shape/place.ts";
import { calicoSets } from "./shape/recorded.ts";
import { ENDS, SILENT } from "./truth.ts";

export interface Router {
  node: Namespace;
  kind: "routed" | "bridged" | "bridged past iptables";
  place: Place;
  program: Program;
}

const WITH_SIX = { "net.ipv6.conf.all.disable_ipv6": 0, "net.ipv6.conf.default.disable_ipv6": 0 };

/** Hosts that send raw packets and answer nothing of themselves. */
export function hostsOf({ client, server }: Yard): void {
  for (const host of [client, server]) host.sysctl(WITH_SIX).nft(SILENT);
}

/** Addresses of router `n`: `network` 1 is the clients', 2 the server's, 9 that of services. */
const addressOf = (six: boolean, n: number) => (network: number, host: number) =>
  six ? `fd00:${n}:${network}::${host}` : `10.${n}.${network}.${host}`;

/** A router of its own between the client and the server of the yard, with rules drawn. */
export function routerOf(yard: Yard, random: Random, n: number, only?: RegExp): Router {
  const kind = random.pick(["routed", "bridged", "bridged past iptables", "routed"] as const);
  const six = random.int(3) === 0;
  const address = addressOf(six, n);
  const isRouted = kind === "routed";
  const place: Place = {
    ...{ six, protocol: random.pick(["udp", "tcp", "tcp"] as const) },
    server: isRouted ? address(2, 2) : address(1, 3),
    service: address(9, 9),
    empty: address(9, 10),
    own: address(1, 1),
    outer: isRouted ? address(2, 1) : address(1, 1),
    clients: `${address(1, 2)}/${six ? 128 : 32}`,
    input: isRouted ? "left" : "br0",
    output: isRouted ? "right" : "br0",
  };
  const node = yard.topology.namespace(`r${n}`, { ipv6: true, forwarding: true });
  if (isRouted) routed(yard, node, n, place);
  else bridged(yard, node, n, place, kind === "bridged" ? 1 : 0);
  const length = six ? 64 : 24;
  yard.client.route(`${address(9, 0)}/${length} via ${place.own}`);
  // What nothing translates goes on to the server, which has no use for it.
  node.route(`${address(9, 0)}/${length} via ${place.server}`);
  node.nft(ENDS);
  const program = programOf(random, place, only);
  for (const text of program.nft) node.nft(text);
  return { node, kind, place, program };
}

/** Neighbours are set: their questions would count in rules. */
function routed({ topology, client, server }: Yard, node: Namespace, n: number, place: Place) {
  const { six, own, outer } = place;
  const address = addressOf(six, n);
  const length = six ? 64 : 24;
  topology.veth(client, `to${n}`, node, "left");
  topology.veth(node, "right", server, `to${n}`);
  client.address(`to${n}`, `${address(1, 2)}/${length}`);
  node.address("left", `${own}/${length}`).address("right", `${outer}/${length}`);
  server.address(`to${n}`, `${address(2, 2)}/${length}`);
  client.neighbour(`to${n}`, own, macOf(node.role, "left"))
    .route(`${address(2, 0)}/${length} via ${own}`);
  server.neighbour(`to${n}`, outer, macOf(node.role, "right"))
    .route(`${address(1, 0)}/${length} via ${outer}`);
  node.neighbour("left", address(1, 2), macOf("client", `to${n}`))
    .neighbour("right", address(2, 2), macOf("server", `to${n}`));
}

function bridged(
  { topology, client, server }: Yard,
  node: Namespace,
  n: number,
  { six, own }: Place,
  calls: 0 | 1,
) {
  const address = addressOf(six, n);
  const length = six ? 64 : 24;
  topology.veth(client, `to${n}`, node, "p0");
  topology.veth(node, "p1", server, `to${n}`);
  node.bridge("br0", { ports: ["p0", "p1"] }).address("br0", `${own}/${length}`).sysctl({
    "net.bridge.bridge-nf-call-iptables": calls,
    "net.bridge.bridge-nf-call-ip6tables": calls,
    // What is routed out by the bridge it came in by may have come straight: no redirects.
    "net.ipv4.conf.all.send_redirects": 0,
    "net.ipv4.conf.br0.send_redirects": 0,
  });
  for (const [host, mine, other] of [[client, 2, 3], [server, 3, 2]] as const) {
    host.address(`to${n}`, `${address(1, mine)}/${length}`)
      .neighbour(`to${n}`, own, macOf(node.role, "br0"))
      .neighbour(
        `to${n}`,
        address(1, other),
        macOf(host === client ? "server" : "client", `to${n}`),
      );
    node.neighbour("br0", address(1, mine), macOf(host.role, `to${n}`));
  }
}

/** Policies would stop what waits for the network to be ready, so rules of iptables come after. */
export async function load({ node, program, place }: Router): Promise<void> {
  if (program.shapes.some((name) => name.endsWith("calicoRecorded"))) {
    const sets = await node.run([
      "sh",
      "-c",
      'printf %s "$1" | ipset restore',
      "sh",
      calicoSets(place),
    ]);
    if (sets.exitCode !== 0) throw new Error(`ipset: ${sets.stderr}`);
  }
  const tool = place.six ? "ip6tables" : "iptables";
  for (const [name, text] of [[tool, program.iptables], [`${tool}-legacy`, program.legacy]]) {
    if (text === "") continue;
    const command = `printf '%s' "$1" | ${name}-restore --noflush`;
    const { exitCode, stderr } = await node.run(["sh", "-c", command, "sh", text!]);
    if (exitCode !== 0) throw new Error(`${text}\n${name}: ${stderr}`);
  }
}
