/** Programs of rules for one router, drawn from a seed: shapes put together, then disturbed. */
import type { Random } from "../rules.ts";
import { adapted, type Place, type Tables } from "./shape/place.ts";
import { IPTABLES_SHAPES, NFT_SHAPES } from "./shapes.ts";

/** What one router is given. */
export interface Program {
  shapes: string[];
  /** Text for `iptables-restore`, or `ip6tables-restore`, and `iptables-legacy-restore`; "" for none. */
  iptables: string;
  legacy: string;
  /** Rulesets for `nft -f`. */
  nft: string[];
}

/** Counts what comes to the end of a chain whose policy drops. */
export const END = "END";

/**
 * One to three shapes of either backend, each rule of which may be gone, or another in its way; of
 * those alone whose names match, where asked.
 */
export function programOf(random: Random, place: Place, only = /(?:)/): Program {
  const [nft, iptables] = [NFT_SHAPES, IPTABLES_SHAPES].map((shapes) =>
    Object.keys(shapes).filter((name) => only.test(name))
  ) as [string[], string[]];
  const out: Program = { shapes: [], iptables: "", legacy: "", nft: [] };
  const merged: Record<"iptables" | "legacy", Tables> = { iptables: {}, legacy: {} };
  const count = 1 + random.int(3);
  for (let i = 0; i < count; i++) {
    if (nft.length > 0 && (random.int(4) === 0 || iptables.length === 0)) {
      const name = random.pick(nft);
      const text = adapted(NFT_SHAPES[name]!(place), place);
      if (out.shapes.includes(name)) continue;
      out.shapes.push(name);
      out.nft.push(text);
      continue;
    }
    const backend = random.int(3) === 0 ? "legacy" : "iptables";
    const name = random.pick(iptables);
    if (out.shapes.some((other) => other.endsWith(name))) continue;
    out.shapes.push(`${backend} ${name}`);
    for (const [table, lines] of Object.entries(IPTABLES_SHAPES[name]!(place))) {
      merged[backend][table] = [
        ...merged[backend][table] ?? [],
        ...lines.map((line) => adapted(line, place)),
      ];
    }
  }
  for (const backend of ["iptables", "legacy"] as const) {
    out[backend] = textOf(random, place, merged[backend]);
  }
  return out;
}

const BASES: Record<string, string[]> = {
  raw: ["PREROUTING"],
  mangle: ["FORWARD", "POSTROUTING"],
  filter: ["INPUT", "FORWARD", "OUTPUT"],
};

function textOf(random: Random, place: Place, tables: Tables): string {
  const all = { ...tables };
  if (Object.keys(all).length === 0 && random.int(3) > 0) return "";
  if (random.int(4) === 0) all.mangle ??= [];
  all.filter ??= [];
  return Object.entries(all).map(([table, lines]) => {
    const disturbed = table === "nat" ? lines : disturb(random, place, table, lines);
    return [`*${table}`, ...disturbed, "COMMIT", ""].join("\n");
  }).join("");
}

/** Some rules taken out, some put in, and policies turned. */
function disturb(random: Random, place: Place, table: string, lines: readonly string[]): string[] {
  const policies = new Map(BASES[table]!.map((chain) => [chain, "ACCEPT"]));
  for (const line of lines) {
    const policy = /^:(\S+) (ACCEPT|DROP) /.exec(line);
    if (policy) policies.set(policy[1]!, policy[2]!);
  }
  if (table === "filter") {
    for (const chain of policies.keys()) {
      if (random.int(chain === "OUTPUT" ? 8 : 4) === 0) {
        policies.set(chain, random.pick(["DROP", "ACCEPT"]));
      }
    }
  }
  const made = lines.filter((line) => line.startsWith(":") && !/ (ACCEPT|DROP) /.test(line));
  let rules = lines.filter((line) => line.startsWith("-A"));
  if (random.int(3) === 0) rules = rules.filter(() => random.int(12) !== 0);
  const names = [...policies.keys(), ...made.map((line) => line.split(" ")[0]!.slice(1))];
  const extra = random.int(3);
  for (let i = 0; i < extra; i++) {
    const at = random.int(rules.length + 1);
    const chain = random.int(2) === 0 ? random.pick([...policies.keys()]) : random.pick(names);
    if (table === "raw" && chain === "PREROUTING" && random.int(3) === 0) {
      rules.splice(at, 0, "-A PREROUTING -m rpfilter --invert -j DROP");
    }
    const match = adapted(random.pick(matchesOf(place)), place);
    rules.splice(at, 0, `-A ${chain} ${match} -j ${random.pick(targetsOf(table))}`);
  }
  const ends = [...policies].filter(([, policy]) => policy === "DROP")
    .map(([chain]) => `-A ${chain} -m comment --comment ${END}`);
  return [
    ...[...policies].map(([chain, policy]) => `:${chain} ${policy} [0:0]`),
    ...made,
    ...rules,
    ...ends,
  ];
}

const TARGETS = ["DROP", "DROP", "ACCEPT", "RETURN", "MARK --set-xmark 0x10000/0x10000"];
const targetsOf = (table: string) => table === "filter" ? [...TARGETS, "REJECT"] : TARGETS;

const matchesOf = ({ server, service, own, clients, protocol }: Place): string[] => [
  ...(protocol === "tcp" ? TCP_MATCHES : []),
  "-p icmp",
  "-p icmp -m icmp --icmp-type 8",
  "-p icmp -m icmp --icmp-type 3",
  "-p icmp -m icmp --icmp-type 11",
  "-p icmp -m conntrack --ctstate RELATED",
  "-m conntrack --ctstate RELATED,ESTABLISHED",
  "-m conntrack --ctstate ESTABLISHED",
  "-m conntrack ! --ctstate NEW",
  "-m conntrack --ctstate SNAT",
  "-p udp -m conntrack --ctstate NEW --ctdir ORIGINAL",
  "-m conntrack --ctstate ESTABLISHED --ctdir REPLY",
  "-m conntrack --ctstatus SEEN_REPLY",
  "-m conntrack --ctstatus ASSURED",
  "-p udp -m conntrack --ctorigdstport 53",
  `-m conntrack --ctorigdst ${service}`,
  `-m conntrack --ctreplsrc ${server}`,
  "-m limit --limit 1/hour --limit-burst 1",
  "-p udp -m udp --dport 53",
  "-p udp -m udp --dport 5353",
  "-p udp -m udp ! --dport 5353",
  "-p udp -m multiport --dports 53,9000",
  "-p udp -m udp --sport 1:1023",
  `-d ${server}/32`,
  `-d ${service}/32`,
  `! -d ${service}/32 -p udp`,
  `-s ${own}/32`,
  `-s ${clients} -d ${server}/32`,
  "-m addrtype --dst-type LOCAL",
  "-m addrtype ! --dst-type LOCAL -p udp",
  "-m addrtype --src-type LOCAL -p udp",
  "-p udp -m conntrack --ctstate NEW",
  "-p udp -m conntrack --ctstate INVALID",
  "-p udp -m conntrack --ctstate DNAT",
  "-p udp -m conntrack ! --ctstate DNAT",
  "-m mark --mark 0x4000/0x4000",
  "-p udp -m mark ! --mark 0x10000/0x10000",
  "-m physdev --physdev-in p0",
  "-p udp -m physdev --physdev-is-bridged",
  "-p udp -m ttl --ttl-eq 77",
  "-p udp -m length --length 120:200",
];

const TCP_MATCHES: readonly string[] = [
  "-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN",
  "-p tcp -m tcp ! --tcp-flags FIN,SYN,RST,ACK SYN",
  "-p tcp -m tcp ! --tcp-flags FIN,SYN,RST,ACK SYN -m conntrack --ctstate NEW",
  "-p tcp -m tcp --tcp-flags RST RST",
  "-p tcp -m tcp --tcp-flags SYN,ACK SYN,ACK",
  "-p tcp -m tcp --tcp-flags FIN,SYN,RST,PSH,ACK,URG NONE",
  "-p tcp -m tcp --tcp-flags FIN,PSH,URG FIN,PSH,URG",
  "-p tcp -m conntrack --ctstate INVALID",
];
