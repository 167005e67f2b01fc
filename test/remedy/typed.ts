/**
 * What a printed command makes of a namespace's state. It reads the line and knows nothing of the
 * analysis's own changes: a command with other words than were checked makes another state here.
 */
import { IF_STILL_THERE } from "../../src/analysis/rules/entering.ts";
import type { Link, NetnsState } from "../../src/event/state.ts";
import { typedRule } from "./typed_rule.ts";

/** The state after the command, or null: no such command is known here. */
export type Effect = (state: NetnsState) => NetnsState;

/** One line of a remedy. */
export interface Typed {
  /** Namespace it is typed in; absent: the machine's own. */
  netns: string | undefined;
  words: string[];
}

/** The words as a shell reads them: in single quotes, or plain. */
export function typed(line: string): Typed {
  const words = (line.match(/(?:'[^']*'|\\.|[^\s'\\])+/g) ?? []).map((word) =>
    word.replace(/'([^']*)'|\\(.)/g, (_, quoted, escaped) => quoted ?? escaped)
  );
  // Into a namespace without a name, by a process in it.
  if (words[0] === "sh" && words[2] === IF_STILL_THERE) {
    return { netns: undefined, words: words.slice(5) };
  }
  return words.slice(0, 3).join(" ") === "ip netns exec"
    ? { netns: words[3], words: words.slice(4) }
    : { netns: undefined, words };
}

/** Words by the name before each: `dev eth0 mtu 1400`. */
function pairs(words: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (let i = 0; i + 1 < words.length; i += 2) found[words[i]!] = words[i + 1]!;
  return found;
}

const links = (
  state: NetnsState,
  name: string | undefined,
  change: (link: Link) => Partial<Link>,
) => ({
  ...state,
  links: state.links.map((link) => link.name === name ? { ...link, ...change(link) } : link),
});

const isDefault = (text: string) => /^(0\.0\.0\.0|::)\/0$/.test(text);

/** What the command does; null for one that is not known here. */
export function effectOf({ words }: Typed): Effect | null {
  const [program, ...all] = words;
  if (/^(nft|ipset|ip6?tables(-legacy)?|ufw)$/.test(program ?? "")) return typedRule(words);
  const rest = program === "ip" && all[0] === "-6" ? all.slice(1) : all;
  const [object, verb, ...more] = rest;
  switch (`${program} ${object} ${verb}`) {
    case "ip link set":
      return linkSet(more);
    case "ip link add":
      return linkAdd(more);
    case "ip route del":
    case "ip route change":
    case "ip route add":
      return route(verb!, more);
    case "ip rule del":
      return (state) => ({
        ...state,
        rules: state.rules.filter(({ priority, family }) =>
          priority !== Number(more[1]) || (family === 6) !== (all[0] === "-6")
        ),
      });
    case "ip neigh del":
    case "ip neigh replace":
      return neighbour(verb!, more);
    case "bridge fdb append":
    case "bridge fdb replace":
    case "bridge fdb del":
      return fdb(verb!, more);
    case "bridge link set":
      return bridgePort(more);
    case "bridge vlan add": {
      const { dev, vid } = pairs(more);
      // Without the word `self` the kernel refuses it for a bridge, and with it for a port.
      const isSelf = more.at(-1) === "self";
      const untagged = more.includes("untagged") ? { untagged: true } : {};
      return (state) =>
        links(
          state,
          dev,
          ({ kind, vlans = [] }) =>
            (kind === "bridge") === isSelf
              ? { vlans: [...vlans, { id: Number(vid), ...untagged }] }
              : {},
        );
    }
    case "tc qdisc del":
      return (state) => ({
        ...state,
        qdiscs: state.qdiscs.filter(({ device }) => device !== more[1]),
      });
    case "tc filter del":
      return (state) => ({
        ...state,
        filters: state.filters.filter((each) =>
          each.device !== more[1] || String(each.preference) !== more.at(-1)
        ),
      });
  }
  if (program === "sysctl" && object === "-w") return setting(verb!);
  if (program === "conntrack" && object === "-D") return forget(pairs(rest.slice(1)));
  return null;
}

function linkSet([, name, ...how]: readonly string[]): Effect | null {
  const [word, value] = how;
  if (word === "up") {
    return (state) => links(state, name, ({ flags }) => ({ flags: [...flags, "UP", "LOWER_UP"] }));
  }
  if (word === "mtu") return (state) => links(state, name, () => ({ mtu: Number(value) }));
  if (word === "address") return (state) => links(state, name, () => ({ mac: value }));
  if (word === "master") {
    return (state) =>
      links(state, name, () => ({
        masterIfindex: state.links.find((each) => each.name === value)?.ifindex,
      }));
  }
  if (word === "type" && how[2] === "mode") {
    return (state) => links(state, name, () => ({ macvlanMode: how[3] }));
  }
  if (word === "type" && how[2] === "remote") {
    return (state) =>
      links(state, name, ({ tunnel }) => ({ tunnel: { ...tunnel, remote: how[3] } }));
  }
  if (/^xdp/.test(word ?? "") && value === "off") {
    return (state) => links(state, name, () => ({ xdp: [] }));
  }
  return null;
}

function linkAdd([name = "", , parent, ...type]: readonly string[]): Effect | null {
  if (type.join(" ") !== "type macvlan mode bridge") return null;
  return (state) => ({
    ...state,
    links: [...state.links, {
      ...{
        ifindex: 9999,
        name,
        kind: "macvlan",
        mtu: 1500,
        flags: [],
        operstate: "UP",
        addresses: [],
      },
      ...{ peerIfindex: state.links.find((each) => each.name === parent)?.ifindex },
      macvlanMode: "bridge",
    }],
  });
}

const TYPES = ["blackhole", "unreachable", "prohibit", "throw"];

function route(verb: string, words: readonly string[]): Effect {
  const type = TYPES.includes(words[0]!) ? words[0]! : "unicast";
  const [destination = "", ...rest] = type === "unicast" ? words : words.slice(1);
  const { via, dev, table = "254", metric, mtu, src } = pairs(
    rest.filter((word) => word !== "onlink"),
  );
  return (state) => {
    if (verb === "add") {
      const made = {
        ...{ family: 4 as const, table: Number(table), type, destination, device: dev },
        ...{ ...(src ? { source: src } : {}) },
      };
      return { ...state, routes: [...state.routes, made] };
    }
    const index = state.routes.findIndex((each) =>
      // `ip route del` without a type takes a route of any (iproute2's iproute_modify leaves it unset).
      (each.type === type || (verb === "del" && type === "unicast")) &&
      String(each.table) === table &&
      (each.destination === destination ||
        destination === "default" && isDefault(each.destination)) &&
      (via === undefined || each.gateway === via) && (dev === undefined || each.device === dev) &&
      (metric === undefined ? !each.metric : String(each.metric) === metric)
    );
    const routes = [...state.routes];
    if (index < 0) return state;
    if (verb === "del") routes.splice(index, 1);
    else routes[index] = { ...routes[index]!, mtu: Number(mtu) };
    return { ...state, routes };
  };
}

function neighbour(verb: string, [address = "", ...more]: readonly string[]): Effect {
  const { dev: device = "", lladdr: mac } = pairs(more);
  return (state) => ({
    ...state,
    neighbours: [
      ...state.neighbours.filter((each) => each.address !== address || each.device !== device),
      ...(verb === "del" ? [] : [{ address, device, mac, states: ["PERMANENT"] }]),
    ],
  });
}

function fdb(verb: string, [mac = "", ...more]: readonly string[]): Effect {
  const last = more.at(-1);
  const isBridges = last === "self";
  const isMaster = isBridges || last === "master";
  const { dev: device = "", dst: destination, vlan } = pairs(isMaster ? more.slice(0, -1) : more);
  return (state) => {
    const others = state.fdb.filter((each) =>
      each.mac !== mac || each.device !== device || isMaster !== (each.master !== undefined) ||
      (isBridges && each.master !== device) ||
      (vlan !== undefined && String(each.vlan) !== vlan)
    );
    if (verb === "del") return { ...state, fdb: others };
    const made = { mac, device, destination, flags: [] };
    return { ...state, fdb: [...verb === "append" ? state.fdb : others, made] };
  };
}

function bridgePort([, name, ...more]: readonly string[]): Effect {
  const { state: number, isolated, hairpin, flood } = pairs(more);
  return (state) =>
    links(state, name, ({ bridgePort: port }) => ({
      bridgePort: port && {
        ...port,
        ...(number ? { state: "forwarding" } : {}),
        ...(isolated ? { isolated: isolated === "on" } : {}),
        ...(hairpin ? { hairpin: hairpin === "on" } : {}),
        ...(flood ? { unicastFlood: flood === "on" } : {}),
      },
    }));
}

/** Switching forwarding on does so for every device. */
function setting(assignment: string): Effect {
  const [key = "", value = ""] = assignment.split("=");
  const name = key.includes("/") ? slashed(key) : key;
  const family = name === "net.ipv4.ip_forward" || name === "net.ipv4.conf.all.forwarding"
    ? "ipv4"
    : name === "net.ipv6.conf.all.forwarding"
    ? "ipv6"
    : null;
  return (state) => ({
    ...state,
    ...(name === "net.netfilter.nf_conntrack_max" && state.conntrack
      ? { conntrack: { ...state.conntrack, max: Number(value) } }
      : {}),
    sysctls: Object.fromEntries([
      ...Object.entries(state.sysctls).map(([each, old]) => [
        each,
        family && (each.startsWith(`net.${family}.conf.`) && each.endsWith(".forwarding") ||
            family === "ipv4" && each === "net.ipv4.ip_forward")
          ? value
          : old,
      ]),
      [name, value],
    ]),
  });
}

/** `net/ipv4/conf/a.b/rp_filter`: the device keeps its dot. */
function slashed(key: string): string {
  return key.split("/").join(".");
}

function forget(words: Record<string, string>): Effect {
  return (state) => ({
    ...state,
    connections: state.connections?.filter(({ original, reply }) =>
      original.source !== words["--orig-src"] || original.destination !== words["--orig-dst"] ||
      String(original.sourcePort) !== words["--sport"] ||
      String(original.destinationPort) !== words["--dport"] || reply.source !== words["--reply-src"]
    ),
  });
}
