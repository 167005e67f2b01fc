/** The command that makes a change. */
import type { FdbEntry, NetfilterRule, Route } from "../../../event/state.ts";
import type { Connection } from "../../../event/state_connections.ts";
import { refuses } from "../../view/routing.ts";
import { address, device, deviceSetting, mac, named, type Word } from "../word.ts";
import type { Change } from "./change.ts";
import { ipFor, routeWords } from "./route_command.ts";

/** Words of the command; a word is null where what belongs there is unknown or hostile. */
export function wordsOf(change: Change): Word[] {
  switch (change.do) {
    case "delete-rule":
      return ruleWords(change.rule, "-D");
    case "delete-element":
      return elementWords(change);
    case "append-rule":
      return [...change.by ?? ruleWords(change.rule, "-A")];
    case "insert-rule":
      return [...change.by ?? ruleWords(change.rule, "-I")];
    case "set-sysctl":
      return ["sysctl", "-w", assignment(change.name, change.value)];
    case "delete-route":
      return [
        ...ipFor(change.route.destination),
        "route",
        "del",
        ...routeWords(withoutObject(change.route)),
      ];
    case "set-route-mtu":
      return [
        ...ipFor(change.route.destination),
        ...["route", "change", ...routeWords(change.route), "mtu", change.mtu],
      ];
    case "delete-routing-rule":
      return [
        ...(change.rule.family === 6 ? ["ip", "-6"] : ["ip"]),
        ...["rule", "del", "priority", change.rule.priority],
      ];
    case "set-neighbour":
      return [
        ...["ip", "neigh", "replace", address(change.address), "dev", device(change.device)],
        ...["lladdr", mac(change.mac)],
      ];
    case "delete-neighbour":
      return ["ip", "neigh", "del", address(change.address), "dev", device(change.device)];
    case "add-fdb":
      return fdbWords("append", change.entry);
    case "replace-fdb":
      return fdbWords("replace", change.entry);
    case "delete-fdb":
      return fdbWords("del", change.entry);
    case "set-up":
      return ["ip", "link", "set", "dev", device(change.device), "up"];
    case "set-remote":
      return [
        ...["ip", "link", "set", "dev", device(change.device), "type", named(change.kind)],
        ...["remote", address(change.remote)],
      ];
    case "set-mtu":
      return ["ip", "link", "set", "dev", device(change.device), "mtu", change.mtu];
    case "set-mac":
      return ["ip", "link", "set", "dev", device(change.device), "address", mac(change.mac)];
    case "set-master":
      return [
        ...["ip", "link", "set", "dev", device(change.device)],
        ...["master", device(change.master)],
      ];
    case "set-port":
      return ["bridge", "link", "set", "dev", device(change.device), ...portWords(change.port)];
    case "detach-xdp":
      return [
        ...["ip", "link", "set", "dev", device(change.device)],
        ...[XDP_WORDS[change.mode] ?? null, "off"],
      ];
    case "allow-vlan":
      return [
        ...["bridge", "vlan", "add", "dev", device(change.device), "vid", change.id],
        ...(change.untagged ? ["untagged"] : []),
        ...(change.self ? ["self"] : []),
      ];
    case "delete-filters":
      return [
        ...["tc", "filter", "del", "dev", device(change.filter.device)],
        ...(change.filter.where.endsWith(":")
          ? ["parent", named(change.filter.where)]
          : [named(change.side)]),
        ...["pref", change.filter.preference ?? null],
      ];
    case "delete-root-qdisc":
      return ["tc", "qdisc", "del", "dev", device(change.qdisc.device), "root"];
    case "delete-connection":
      return connectionWords(change.connection);
    case "set-macvlan-mode":
      return [
        ...["ip", "link", "set", "dev", device(change.device)],
        ...["type", named(change.kind), "mode", change.mode],
      ];
    case "add-macvlan":
      return [
        ...["ip", "link", "add", device(change.name), "link", device(change.parent.name)],
        ...["type", "macvlan", "mode", "bridge"],
      ];
    case "add-route":
      return [
        ...ipFor(change.route.destination),
        ...["route", "add", ...routeWords(change.route)],
      ];
  }
}

/** Takes one address out of a set of nft or ipset. */
function elementWords({ set, entry }: Extract<Change, { do: "delete-element" }>): Word[] {
  if (set.family === "ipset") return ["ipset", "del", named(set.name), address(entry)];
  return [
    ...["nft", "delete", "element"],
    ...[set.family, set.table, set.name].map(named),
    ...["{", address(entry), "}"],
  ];
}

/** How `ip link` calls the ways to run an XDP program; it takes away only what runs in that way. */
const XDP_WORDS: Record<string, string> = {
  driver: "xdpdrv",
  generic: "xdpgeneric",
  offload: "xdpoffload",
};

const TRACKED: Record<number, string> = { 6: "tcp", 17: "udp", 132: "sctp" };

/** Deletes this entry and no other: both of its directions are named. */
function connectionWords({ protocol, original, reply, zone }: Connection): Word[] {
  return [
    ...["conntrack", "-D", "-p", TRACKED[protocol] ?? null],
    ...["--orig-src", address(original.source), "--orig-dst", address(original.destination)],
    ...["--sport", original.sourcePort ?? null, "--dport", original.destinationPort ?? null],
    ...["--reply-src", address(reply.source)],
    ...(zone === undefined ? [] : ["--zone", zone]),
  ];
}

/** A device's setting goes through the one function that knows what `sysctl` takes for a name. */
function assignment(name: string, value: number): Word {
  const own = /^net\.(ipv4|ipv6)\.conf\.(.+)\.(\w+)$/.exec(name);
  if (!own) return named(`${name}=${value}`);
  return deviceSetting(own[1] as "ipv4" | "ipv6", own[2]!, own[3]!, value);
}

/**
 * A route of IPv4 that refuses has a device only where a nexthop object refuses: the kernel takes neither
 * its type nor its device then, and has one route of that prefix and metric.
 */
const withoutObject = (route: Route): Route =>
  route.family === 4 && refuses(route) && route.device !== undefined
    ? { ...route, type: "unicast", device: undefined }
    : route;

function fdbWords(how: string, { device: name, mac: of, destination, master, vlan }: FdbEntry) {
  return [
    ...["bridge", "fdb", how, mac(of), "dev", device(name)],
    ...(destination === undefined ? [] : ["dst", address(destination)]),
    ...(vlan === undefined ? [] : ["vlan", vlan]),
    // The entry of a bridge's own device is in its own table, and it has no master.
    ...(master === undefined ? [] : [master === name ? "self" : "master"]),
  ];
}

function portWords(port: Extract<Change, { do: "set-port" }>["port"]): Word[] {
  const onOff = (name: string, value: boolean | undefined) =>
    value === undefined ? [] : [name, value ? "on" : "off"];
  return [
    ...(port.state === "forwarding" ? ["state", 3] : []),
    ...onOff("isolated", port.isolated),
    ...onOff("hairpin", port.hairpin),
    ...onOff("flood", port.unicastFlood),
  ];
}

/**
 * A rule is deleted by its handle, or by all its words: its number may be another's when the command
 * is typed. A text that was cut, or that the tool could not print, is no such words.
 */
function ruleWords(rule: NetfilterRule, how: "-A" | "-D" | "-I"): Word[] {
  const { tool, family, table, chain, handle, text } = rule;
  if (tool === "nft") {
    const place = [family, table, chain].map(named);
    if (how === "-D") return ["nft", "delete", "rule", ...place, "handle", handle ?? null];
    return ["nft", how === "-A" ? "add" : "insert", "rule", ...place, ...text.split(" ")];
  }
  const words = specification(text);
  const command = `${family === "ip6" ? "ip6tables" : "iptables"}${
    tool === "iptables-legacy" ? "-legacy" : ""
  }`;
  return [command, "-t", named(table), how, named(chain), ...words ?? [null]];
}

/** The words of an `iptables-save` line behind its chain; null when they are not all there. */
export function specification(text: string): string[] | null {
  const words = text.replace(/^-A \S+ ?/, "").match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? [];
  if (words.length === 0 || text.endsWith("…") || /\[unsupported|\[\d+ bytes of/.test(text)) {
    return null;
  }
  return words.map((word) =>
    word.startsWith('"') ? word.slice(1, -1).replace(/\\(.)/g, "$1") : word
  );
}
