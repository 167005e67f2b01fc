/** `link 2 eth0 veth 02:00:00:00:00:01 10.0.0.1/24 mtu 1400 peer 5@2 master br0 nocarrier …`. */
import type { Link, NetnsState } from "../../../src/event/state.ts";
import { jsonOf } from "./node.ts";
import { integer, MAC, SpecError, unquoted } from "./words.ts";

const UP = ["BROADCAST", "MULTICAST", "UP", "LOWER_UP"];

export function readLink(state: NetnsState, words: string[]): void {
  const [index, name = "", kind = "", ...rest] = words;
  const link: Link = {
    ifindex: integer(index, "the link's number"),
    name,
    kind,
    mtu: 1500,
    flags: UP,
    operstate: "UP",
    addresses: [],
  };
  if (kind === "bridge") link.bridge = { vlanFiltering: false, stp: false };
  const queue = [...rest];
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    readWord(state, link, word, queue);
  }
  const at = state.links.findIndex((known) => known.ifindex === link.ifindex);
  if (at < 0) state.links.push(link);
  else state.links[at] = link;
}

function readWord(state: NetnsState, link: Link, word: string, queue: string[]): void {
  const next = () => queue.shift() ?? "";
  const json = jsonOf(word);
  if (json) return void Object.assign(link, json);
  if (MAC.test(word)) return void (link.mac = word);
  if (/^[0-9a-f.:]+\/\d+$/.test(word)) {
    const [address, prefix] = word.split("/") as [string, string];
    return void link.addresses.push({ address, prefix: Number(prefix) });
  }
  switch (word) {
    case "mtu":
      link.mtu = integer(next(), "mtu");
      return;
    case "up":
      return;
    case "down":
      link.flags = ["BROADCAST", "MULTICAST"];
      link.operstate = "DOWN";
      return;
    case "nocarrier":
      link.flags = ["NO-CARRIER", "BROADCAST", "MULTICAST", "UP"];
      link.operstate = "LOWERLAYERDOWN";
      return;
    case "peer": {
      const [ifindex, netns] = next().split("@");
      link.peerIfindex = integer(ifindex, "the peer");
      if (netns !== undefined) link.peerNetns = integer(netns, "the peer's netns");
      return;
    }
    case "master":
      joinBridge(state, link, next());
      return;
    case "state":
      (link.bondPort ?? link.bridgePort)!.state = next();
      return;
    case "isolated":
    case "hairpin":
    case "locked":
      link.bridgePort![word] = true;
      return;
    case "filtering":
      link.bridge!.vlanFiltering = true;
      return;
    case "vlans":
      link.vlans = next().split(",").map(vlanOf);
      return;
    case "xdp":
      link.xdp = [{ id: integer(next(), "the program"), mode: "generic" }];
      return;
    default:
      readTunnel(link, word, next);
  }
}

function joinBridge(state: NetnsState, link: Link, name: string): void {
  const bridge = state.links.find((known) => known.name === name);
  if (!bridge) throw new SpecError(`no link "${name}" above, a bridge must come before its ports`);
  link.masterIfindex = bridge.ifindex;
  if (bridge.kind === "bond") {
    link.bondPort = { state: "ACTIVE" };
    return;
  }
  link.bridgePort = {
    state: "forwarding",
    isolated: false,
    hairpin: false,
    learning: true,
    unicastFlood: true,
  };
}

/** `10`, `10-20`, `1:pvid`. */
function vlanOf(text: string) {
  const [range = "", ...flags] = text.split(":");
  const [from, to] = range.split("-");
  return {
    id: integer(from, "the VLAN"),
    ...(to === undefined ? {} : { idEnd: Number(to) }),
    ...(flags.includes("pvid") ? { pvid: true, untagged: true } : {}),
  };
}

function readTunnel(link: Link, word: string, next: () => string): void {
  const tunnel = link.tunnel ??= {};
  if (word === "id" || word === "port") tunnel[word] = integer(next(), word);
  else if (word === "mode") tunnel.mode = next();
  else if (word === "received-id") tunnel.receivedId = integer(next(), word);
  else if (word === "local" || word === "remote") tunnel[word] = unquoted(next());
  else if (word === "external" || word === "learning") tunnel[word] = true;
  else if (word === "options") tunnel.options = next().split(",");
  else if (word === "underlay") tunnel.underlayNetns = integer(next(), word);
  else throw new SpecError(`"${word}" means nothing in a link, must be a word of README.md`);
}
