/** Directives about a namespace's state, much as the tools that show it would print them. */
import type { NetnsState } from "../../../src/event/state.ts";
import { readLink } from "./link_line.ts";
import { jsonOf } from "./node.ts";
import { integer, nanoseconds, SpecError, unquoted } from "./words.ts";

const TABLES: Record<string, number> = { local: 255, main: 254, default: 253 };

/** `attachedNs`: when the node began, which times in a spec are told from. */
export function readState(state: NetnsState, words: string[], attachedNs: bigint): void {
  const [name = "", ...rest] = words;
  const reader = READERS[name];
  if (!reader) throw new SpecError(`"${name}" is no directive, must be one of README.md`);
  reader(state, rest, attachedNs);
}

/** An entry replaces the one that is about the same thing, so that later readings can differ. */
function put<T>(list: T[], entry: T, key: (entry: T) => string): void {
  const at = list.findIndex((known) => key(known) === key(entry));
  if (at < 0) list.push(entry);
  else list[at] = entry;
}

/** `via 10.0.0.1 dev eth0` as pairs; words without a value are listed under "". */
function pairs(words: string[], flags: readonly string[] = []) {
  const found = new Map<string, string>();
  const left: string[] = [];
  for (let i = 0; i < words.length; i++) {
    if (flags.includes(words[i]!)) left.push(words[i]!);
    else found.set(words[i]!, unquoted(words[++i] ?? ""));
  }
  const text = <K extends string>(from: string, to: K) =>
    found.has(from) ? { [to]: found.get(from)! } as Record<K, string> : {};
  const number = <K extends string>(from: string, to: K) =>
    found.has(from) ? { [to]: integer(found.get(from), from) } as Record<K, number> : {};
  return {
    text,
    number,
    left,
    has: (key: string) => found.has(key),
    get: (k: string) => found.get(k),
  };
}

type Reader = (state: NetnsState, words: string[], attachedNs: bigint) => void;

const TYPES = ["blackhole", "unreachable", "prohibit", "throw", "local", "broadcast", "anycast"];

const FLAGS = ["onlink", "dead", "linkdown"];

/** `nexthop via 10.0.0.1 dev eth0 nexthop via 10.0.1.1 dev eth1 dead`, at a route's end. */
function readNextHops(words: readonly string[]) {
  const starts = words.flatMap((word, at) => word === "nexthop" ? [at] : []);
  return starts.map((start, nth) => {
    const options = pairs(words.slice(start + 1, starts[nth + 1]), FLAGS);
    return {
      ...options.text("via", "gateway"),
      ...options.text("dev", "device"),
      ...(options.left.length > 0 ? { flags: options.left } : {}),
    };
  });
}

const readRoute: Reader = (state, words, attachedNs) => {
  const type = TYPES.includes(words[0] ?? "") ? words.shift()! : "unicast";
  const [to = "", ...rest] = words;
  const first = rest.indexOf("nexthop");
  const options = pairs(first < 0 ? rest : rest.slice(0, first), FLAGS);
  const nexthops = first < 0 ? [] : readNextHops(rest.slice(first));
  const six = to.includes(":") || options.get("via")?.includes(":") === true;
  const prefix = to === "default" ? (six ? "::/0" : "0.0.0.0/0") : to;
  const table = options.get("table");
  put(
    state.routes,
    {
      family: six ? 6 : 4,
      table: table === undefined
        ? (TYPES.indexOf(type) > 3 ? 255 : 254)
        : TABLES[table] ?? Number(table),
      type,
      destination: prefix.includes("/") ? prefix : `${prefix}/${six ? 128 : 32}`,
      ...options.text("via", "gateway"),
      ...options.text("dev", "device"),
      ...(nexthops.length > 0 ? { nexthops } : {}),
      ...options.text("src", "source"),
      ...options.number("metric", "metric"),
      ...options.number("mtu", "mtu"),
      ...(options.left.length > 0 ? { flags: options.left } : {}),
      ...(options.has("expires")
        ? { expiresAtNs: String(attachedNs + nanoseconds(options.get("expires")!)) }
        : {}),
    },
    (route) => `${route.table} ${route.destination} ${route.metric}`,
  );
};

/**
 * `policy 100 from 10.0.0.0/8 lookup 100`, `policy 50 to 10.9.0.0/16 blackhole`,
 * `policy 60 not fwmark 0x1 lookup 7`, `policy 70 lookup main suppress 0`.
 */
const readPolicy: Reader = (state, [priority, ...words]) => {
  const marks = ["ip6", "not"];
  const options = pairs(words, ["blackhole", "unreachable", "prohibit", "nop", "l3mdev", ...marks]);
  const table = options.get("lookup");
  const family = options.left.includes("ip6") || /:/.test(words.join(" ")) ? 6 : 4;
  // Beside it are the rules that every namespace begins with.
  if (!state.rules.some((rule) => rule.family === family)) {
    for (const [at, own] of [[0, 255], [32_766, 254], [32_767, 253]] as const) {
      state.rules.push({ family, priority: at, action: "lookup", table: own });
    }
  }
  state.rules.push({
    family,
    priority: integer(priority, "the priority"),
    action: options.left.find((word) => !marks.includes(word)) ?? "lookup",
    ...(table === undefined ? {} : { table: TABLES[table] ?? Number(table) }),
    ...options.text("from", "source"),
    ...options.text("to", "destination"),
    ...options.text("iif", "inputDevice"),
    ...options.text("fwmark", "mark"),
    ...(options.left.includes("not") ? { inverted: true } : {}),
    ...options.number("suppress", "suppressPrefix"),
  });
};

const readNeighbour: Reader = (state, [address = "", ...words]) => {
  const states = words.filter((word) => /^[A-Z]+$/.test(word));
  const options = pairs(words.filter((word) => !states.includes(word)), ["proxy"]);
  put(
    state.neighbours,
    {
      address,
      device: options.get("dev") ?? "",
      ...options.text("lladdr", "mac"),
      states,
      ...(options.left.includes("proxy") ? { proxy: true } : {}),
    },
    (entry) => `${entry.address} ${entry.device}`,
  );
};

const FDB_FLAGS = ["self", "permanent", "static", "extern_learn", "dynamic", "offload"];

const readFdb: Reader = (state, [mac = "", ...words]) => {
  const options = pairs(words, FDB_FLAGS);
  put(
    state.fdb,
    {
      device: options.get("dev") ?? "",
      mac,
      ...options.text("dst", "destination"),
      ...options.number("port", "port"),
      ...options.number("vni", "vni"),
      ...options.number("vlan", "vlan"),
      ...options.text("master", "master"),
      flags: options.left,
    },
    (entry) => `${entry.device} ${entry.mac} ${entry.destination} ${entry.vlan}`,
  );
};

/**
 * `chain ip filter FORWARD hook forward priority 0 policy drop backend iptables-legacy`; without a
 * hook: a plain one.
 */
const readChain: Reader = (state, [family = "", table = "", name = "", ...words]) => {
  const options = pairs(words);
  state.chains.push({
    family,
    table,
    name,
    ...(options.has("hook") ? { type: options.get("type") ?? "filter" } : {}),
    ...options.text("hook", "hook"),
    ...(options.has("priority") ? { priority: Number(options.get("priority")) } : {}),
    ...options.text("dev", "device"),
    ...options.text("policy", "policy"),
    ...(options.has("backend") ? { backend: options.get("backend") as "nft" } : {}),
  });
};

/** `rule ip filter FORWARD 3 "tcp dport 80 drop" packets 4 handle 7 tool iptables`. */
const readRule: Reader = (state, words) => {
  const [family = "", table = "", chain = "", position, text = "", ...rest] = words;
  const json = rest.map(jsonOf).find((found) => found !== null);
  const options = pairs(rest.filter((word) => jsonOf(word) === null));
  put(
    state.netfilter,
    {
      family,
      table,
      chain,
      position: integer(position, "the rule's position"),
      text: unquoted(text),
      tool: (options.get("tool") ?? "nft") as "nft",
      ...options.number("handle", "handle"),
      ...options.number("packets", "packets"),
      ...json,
    },
    ({ family, table, chain, position, tool }) =>
      `${family} ${table} ${chain} ${position} ${tool === "iptables-legacy"}`,
  );
};

/** `socket tcp 0.0.0.0:80 LISTEN`; `queue 3 limit 2` for a listener's, `queue 3 buffer 212992` of one that reads. */
const readSocket: Reader = (state, [protocol, at = "", name = "LISTEN", ...words]) => {
  const colon = at.lastIndexOf(":");
  const address = at.slice(0, colon).replace(/^\[|\]$/g, "");
  const options = pairs(words);
  put(
    state.sockets,
    {
      protocol: protocol as "tcp",
      family: address.includes(":") ? 6 : 4,
      address,
      port: integer(at.slice(colon + 1), "the port"),
      state: name,
      ...options.number("queue", "receiveQueue"),
      ...options.number("limit", "sendQueue"),
      ...options.number("drops", "drops"),
      ...options.number("buffer", "receiveBuffer"),
      ...options.text("dev", "device"),
    },
    (socket) => `${socket.protocol} ${socket.address} ${socket.port} ${socket.device ?? ""}`,
  );
};

/** `qdisc eth0 netem 8001: drops 3 limit 1000 text "qdisc netem …"`. */
const readQdisc: Reader = (state, [device = "", kind = "", handle = "", ...words]) => {
  const options = pairs(words);
  const text = options.get("text") ?? `qdisc ${kind} ${handle} dev ${device} root`;
  const drops = options.number("drops", "drops");
  put(
    state.qdiscs,
    {
      ...{ device, kind, handle, drops: 0, ...drops },
      ...options.number("limit", "limit"),
      ...options.number("sent", "sent"),
      ...options.number("waiting", "backlogPackets"),
      ...options.text("parent", "parent"),
      text,
    },
    (qdisc) => `${qdisc.device} ${qdisc.handle} ${qdisc.parent ?? ""}`,
  );
};

/**
 * `filter eth0 ingress u32 pref 49152 text "…" action gact drop drops 2`; of mirred `redirect e1` or
 * `mirror e1`.
 */
const readFilter: Reader = (state, [device = "", where = "", kind = "", ...words]) => {
  const action = words.indexOf("action");
  const [own, acts] = action < 0 ? [words, []] : [words.slice(0, action), words.slice(action + 1)];
  const options = pairs(own);
  const [actKind, control, ...counts] = acts;
  put(
    state.filters,
    {
      device,
      where,
      kind,
      ...options.number("pref", "preference"),
      text: options.get("text") ?? kind,
      actions: actKind === undefined ? [] : [{
        ...{ kind: actKind, control: control! },
        ...mirredOf(pairs(counts)),
        ...pairs(counts).number("drops", "drops"),
      }],
    },
    (filter) => `${filter.device} ${filter.where} ${filter.preference}`,
  );
};

function mirredOf(options: ReturnType<typeof pairs>) {
  const action = ["redirect", "mirror"].find((each) => options.has(each));
  const device = action && options.get(action);
  return device === undefined ? {} : { mirred: { action: action!, direction: "egress", device } };
}

const READERS: Record<string, Reader> = {
  link: readLink,
  route: readRoute,
  policy: readPolicy,
  neigh: readNeighbour,
  fdb: readFdb,
  chain: readChain,
  rule: readRule,
  socket: readSocket,
  qdisc: readQdisc,
  filter: readFilter,
  sysctl: (state, [name = "", value = ""]) => void (state.sysctls[name] = unquoted(value)),
  conntrack: (state, [count, max]) =>
    void (state.conntrack = { count: integer(count, "count"), max: integer(max, "max") }),
  set: (state, [family = "", table = "", name = "", json = ""]) =>
    void state.sets.push(
      { family, table, name, map: false, elements: [], ...jsonOf(json) } as never,
    ),
  xfrm: (state, words) => void state.xfrm.push(words.map(unquoted).join(" ")),
  gap: (state, [what = "", ...why]) =>
    void state.gaps.push({ what, why: why.map(unquoted).join(" ") }),
  json: (state, [json = ""]) => void Object.assign(state, jsonOf(json)),
};
