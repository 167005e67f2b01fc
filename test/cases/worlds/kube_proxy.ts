/** Rules as kube-proxy and flannel write them for iptables-restore. */
import type { Namespace } from "../../../src/lab/namespace.ts";
import type { Cluster } from "./cluster.ts";

/** A service of Kubernetes. */
export interface Service {
  /** "default/web:http". */
  name: string;
  address: string;
  port: number;
  protocol: "tcp" | "udp";
  endpoints: readonly (readonly [address: string, port: number])[];
  /** Endpoints in turn instead of by chance. */
  inTurn?: boolean;
}

/** How the rules are made. */
export interface RuleOptions {
  podCidr: string;
  /** A rule that drops what conntrack finds invalid, as since Kubernetes 1.15; made where absent. */
  dropInvalid?: boolean;
  /** The mark of what is to be masqueraded is cleared, as since Kubernetes 1.19. */
  clearMark?: boolean;
}

/** A table's lines: chains first, then rules. */
export interface Rules {
  filter: string[];
  nat: string[];
}

/** Five letters and digits of a name, as a chain's name has sixteen of. */
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) value = Math.imul(value ^ byte, 0x01000193);
  return (value >>> 0).toString(36).toUpperCase().padStart(8, "0").repeat(2).slice(0, 16);
}

const lengthOf = (address: string) => address.includes(":") ? 128 : 32;

/** kube-proxy's rules for these services. */
export function kubeProxyRules(services: readonly Service[], options: RuleOptions): Rules {
  const { podCidr, dropInvalid = true, clearMark = true } = options;
  const note = (text: string) => `-m comment --comment "${text}"`;
  const chains: string[] = [];
  const nat: string[] = [
    `-A PREROUTING ${note("kubernetes service portals")} -j KUBE-SERVICES`,
    `-A OUTPUT ${note("kubernetes service portals")} -j KUBE-SERVICES`,
    `-A POSTROUTING ${note("kubernetes postrouting rules")} -j KUBE-POSTROUTING`,
    "-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000",
    "-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN",
    ...(clearMark ? ["-A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0"] : []),
    `-A KUBE-POSTROUTING ${note("kubernetes service traffic requiring SNAT")} ` +
    "-j MASQUERADE --random-fully",
  ];
  const filter: string[] = [
    ":KUBE-FORWARD - [0:0]",
    ":KUBE-SERVICES - [0:0]",
    `-A FORWARD ${note("kubernetes forwarding rules")} -j KUBE-FORWARD`,
    `-A FORWARD -m conntrack --ctstate NEW ${note("kubernetes service portals")} -j KUBE-SERVICES`,
    `-A OUTPUT -m conntrack --ctstate NEW ${note("kubernetes service portals")} -j KUBE-SERVICES`,
    ...(dropInvalid ? ["-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP"] : []),
    `-A KUBE-FORWARD ${note("kubernetes forwarding rules")} -m mark --mark 0x4000/0x4000 -j ACCEPT`,
    `-A KUBE-FORWARD ${note("kubernetes forwarding conntrack rule")} ` +
    "-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
  ];
  for (const { name, address, port, protocol, endpoints, inTurn } of services) {
    const to = `-d ${address}/${lengthOf(address)} -p ${protocol}`;
    const match = `-m ${protocol} --dport ${port}`;
    if (endpoints.length === 0) {
      const reject = `REJECT --reject-with icmp${
        address.includes(":") ? "6" : ""
      }-port-unreachable`;
      filter.push(
        `-A KUBE-SERVICES ${to} ${note(`${name} has no endpoints`)} ${match} -j ${reject}`,
      );
      continue;
    }
    const chain = `KUBE-SVC-${hash(name)}`;
    const cluster = note(`${name} cluster IP`);
    chains.push(chain);
    nat.push(
      `-A KUBE-SERVICES ${to} ${cluster} ${match} -j ${chain}`,
      `-A ${chain} ! -s ${podCidr} ${to} ${cluster} ${match} -j KUBE-MARK-MASQ`,
    );
    endpoints.forEach(([end, endPort], i) => {
      const own = `KUBE-SEP-${hash(`${name} ${end} ${endPort}`)}`;
      const left = endpoints.length - i;
      const part = left === 1
        ? ""
        : inTurn
        ? `-m statistic --mode nth --every ${left} --packet 0 `
        : `-m statistic --mode random --probability ${(1 / left).toFixed(10)} `;
      const where = end.includes(":") ? `[${end}]` : end;
      chains.push(own);
      nat.push(
        `-A ${chain} ${note(`${name} -> ${where}:${endPort}`)} ${part}-j ${own}`,
        `-A ${own} -s ${end}/${lengthOf(end)} ${note(name)} -j KUBE-MARK-MASQ`,
        `-A ${own} -p ${protocol} ${note(name)} -m ${protocol} -j DNAT ` +
          `--to-destination ${where}:${endPort}`,
      );
    });
  }
  const own = ["KUBE-MARK-MASQ", "KUBE-POSTROUTING", "KUBE-SERVICES", ...chains];
  return { filter, nat: [...own.map((chain) => `:${chain} - [0:0]`), ...nat] };
}

/** flanneld's rules on the node with these pods. */
export function flannelRules(podCidr: string, ownCidr: string): Rules {
  const note = '-m comment --comment "flanneld masq"';
  const forward = '-m comment --comment "flanneld forward"';
  return {
    filter: [
      ":FLANNEL-FWD - [0:0]",
      `-A FORWARD ${forward} -j FLANNEL-FWD`,
      `-A FLANNEL-FWD -s ${podCidr} ${forward} -j ACCEPT`,
      `-A FLANNEL-FWD -d ${podCidr} ${forward} -j ACCEPT`,
    ],
    nat: [
      ":FLANNEL-POSTRTG - [0:0]",
      `-A POSTROUTING ${note} -j FLANNEL-POSTRTG`,
      `-A FLANNEL-POSTRTG -m mark --mark 0x4000/0x4000 ${note} -j RETURN`,
      `-A FLANNEL-POSTRTG -s ${ownCidr} -d ${podCidr} ${note} -j RETURN`,
      `-A FLANNEL-POSTRTG -s ${podCidr} -d ${ownCidr} ${note} -j RETURN`,
      `-A FLANNEL-POSTRTG ! -s ${podCidr} -d ${ownCidr} ${note} -j RETURN`,
      `-A FLANNEL-POSTRTG -s ${podCidr} ! -d ${
        podCidr.includes(":") ? "ff00::/8" : "224.0.0.0/4"
      } ` +
      `${note} -j MASQUERADE --random-fully`,
      `-A FLANNEL-POSTRTG ! -s ${podCidr} -d ${podCidr} ${note} -j MASQUERADE --random-fully`,
    ],
  };
}

/** Notes rules to be restored when the topology is applied. */
export function restore(at: Namespace, family: 4 | 6, { filter, nat }: Rules): void {
  const write = (table: string, lines: string[]) =>
    family === 6 ? at.ip6tables(table, ...lines) : at.iptables(table, ...lines);
  write("filter", filter);
  write("nat", nat);
}

/** Restores rules now, by the tool named so, after flushing what was there. */
export async function restoreNow(
  at: Namespace,
  rules: readonly Rules[],
  tool: "iptables" | "ip6tables" | "iptables-legacy",
): Promise<void> {
  const text = (table: "filter" | "nat") =>
    rules.flatMap((each) => [`*${table}`, ...each[table], "COMMIT", ""]).join("\n");
  await must(at, [tool, "-F"]);
  await must(at, [tool, "-t", "nat", "-F"]);
  await must(at, [`${tool}-restore`, "--noflush"], text("filter") + text("nat"));
}

/** Runs a command in a namespace; throws when it fails. Resolves with its output. */
export async function must(
  at: Namespace,
  command: readonly string[],
  input?: string,
): Promise<string> {
  const { exitCode, stdout, stderr } = await at.run(command, { input });
  if (exitCode !== 0) throw new Error(`"${command.join(" ")}" in ${at.role}: ${stderr.trim()}`);
  return stdout;
}

/** Gives every node flannel's rules and kube-proxy's for these services. */
export function serve(
  cluster: Cluster,
  services: readonly Service[],
  options: Omit<RuleOptions, "podCidr"> = {},
): void {
  const { podCidr, family, nodes } = cluster;
  for (const name of Object.keys(nodes)) {
    const { at, cidr } = cluster.node(Number(name.slice(1)));
    restore(at, family, flannelRules(podCidr, cidr));
    restore(at, family, kubeProxyRules(services, { podCidr, ...options }));
  }
}
