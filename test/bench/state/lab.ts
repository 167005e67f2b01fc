/** Network namespaces with as much state as a large node has, on this kernel, for the bench of state. */
import { execa } from "execa";

/** How much of everything the lab has. */
export interface LabSize {
  /** Namespaces beside those with much state. */
  namespaces: number;
  /** Rules of iptables in one namespace, about. */
  rules: number;
  /** Neighbours, forwarding entries and routes in one namespace: so many of each. */
  entries: number;
  /** Entries of conntrack in one namespace. */
  connections: number;
}

/** Names of its namespaces begin so. */
const PREFIX = "nfb";

/** Endpoints of each service, and the rules that one service takes. */
const ENDPOINTS = 3;
const RULES_PER_SERVICE = 2 + ENDPOINTS * 3;

/** Namespaces with much of one kind of state, by what it is. */
export const LAB = {
  rules: `${PREFIX}-rules`,
  entries: `${PREFIX}-entries`,
  connections: `${PREFIX}-conns`,
  hub: `${PREFIX}-hub`,
} as const;

/** The name of one of many namespaces. */
export const nameOf = (i: number) => `${PREFIX}-n${i}`;

/** Makes the lab anew. Rejects when a command of it fails. */
export async function buildLab(size: LabSize): Promise<void> {
  await removeLab();
  const script = Object.values(LAB).map((name) =>
    `ip netns add ${name}; ip -n ${name} link set lo up`
  );
  await sh(script.join("\n"));
  await input(["ip", "netns", "exec", LAB.rules, "iptables-nft-restore"], rulesText(size.rules));
  await buildEntries(size.entries);
  await buildConnections(size.connections);
  await buildNamespaces(size.namespaces);
}

/** Takes down what `buildLab` made, and what an earlier run left. */
export async function removeLab(): Promise<void> {
  const { stdout } = await execa("ip", ["netns", "list"]);
  const own = stdout.split("\n").map((line) => line.split(" ")[0]!).filter((name) =>
    name.startsWith(`${PREFIX}-`)
  );
  await input(["ip", "-force", "-batch", "-"], own.map((name) => `netns del ${name}\n`).join(""));
}

/** In the form of kube-proxy's, of as many services as it takes. */
export function rulesText(rules: number): string {
  const chains = ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"].map((name) =>
    `:${name} ACCEPT [0:0]`
  );
  chains.push(":KUBE-SERVICES - [0:0]", ":KUBE-MARK-MASQ - [0:0]");
  const lines = [
    '-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
    '-A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
    "-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000",
  ];
  for (let i = 0; i < Math.max(1, Math.floor(rules / RULES_PER_SERVICE)); i++) {
    const name = `ns${i % 50}/svc${i}:http`;
    const service = `KUBE-SVC-${hash(`s${i}`)}`;
    const address = `10.${96 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}`;
    chains.push(`:${service} - [0:0]`);
    const about =
      `-d ${address}/32 -p tcp -m comment --comment "${name} cluster IP" -m tcp --dport 80`;
    lines.push(`-A KUBE-SERVICES ${about} -j ${service}`);
    lines.push(`-A ${service} ! -s 10.244.0.0/16 ${about} -j KUBE-MARK-MASQ`);
    for (let e = 0; e < ENDPOINTS; e++) {
      const number = i * ENDPOINTS + e;
      const end = `10.${244 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}`;
      const own = `KUBE-SEP-${hash(`e${number}`)}`;
      chains.push(`:${own} - [0:0]`);
      const chance = e === ENDPOINTS - 1
        ? ""
        : ` -m statistic --mode random --probability ${(1 / (ENDPOINTS - e)).toFixed(11)}`;
      lines.push(
        `-A ${service} -m comment --comment "${name} -> ${end}:8080"${chance} -j ${own}`,
        `-A ${own} -s ${end}/32 -m comment --comment "${name}" -j KUBE-MARK-MASQ`,
        `-A ${own} -p tcp -m comment --comment "${name}" -m tcp -j DNAT --to-destination ${end}:8080`,
      );
    }
  }
  return ["*nat", ...chains, ...lines, "COMMIT", ...FILTER, ""].join("\n");
}

/** Something that refuses, behind everything else. */
const FILTER = [
  "*filter",
  ...[":INPUT ACCEPT [0:0]", ":FORWARD ACCEPT [0:0]", ":OUTPUT ACCEPT [0:0]"],
  "-A FORWARD -d 10.244.0.0/16 -p tcp -m tcp --dport 9999 -j DROP",
  "COMMIT",
];

/** 16 letters for a text, as the names of kube-proxy's chains have them. */
function hash(text: string): string {
  let [a, b] = [2_166_136_261, 16_777_619];
  for (let i = 0; i < text.length; i++) {
    a = Math.imul(a ^ text.charCodeAt(i), 16_777_619) >>> 0;
    b = Math.imul(b + text.charCodeAt(i), 2_654_435_761) >>> 0;
  }
  return (a.toString(36) + b.toString(36)).toUpperCase().padStart(16, "A").slice(0, 16);
}

async function buildEntries(entries: number): Promise<void> {
  const inside = ["ip", "netns", "exec", LAB.entries];
  await sh(`n=${LAB.entries}
    ip netns exec $n sysctl -qw net.ipv4.neigh.default.gc_thresh3=100000 2>/dev/null || true
    ip -n $n link add eth0 type veth peer name far0; ip -n $n addr add 10.0.0.1/8 dev eth0
    ip -n $n link add br0 type bridge; ip -n $n link add port0 type veth peer name far1
    ip -n $n link set port0 master br0
    for dev in eth0 far0 br0 port0 far1; do ip -n $n link set $dev up; done`);
  const each = (line: (i: number) => string) =>
    Array.from({ length: entries }, (_, i) => line(i)).join("");
  const mac = (i: number) => `02:00:00:${hex(i >> 16)}:${hex(i >> 8)}:${hex(i)}`;
  await input(
    [...inside, "ip", "-batch", "-"],
    each((i) =>
      `neigh add 10.1.${i >> 8}.${i & 255} lladdr ${mac(i)} dev eth0 nud permanent\n` +
      `route add 10.${100 + (i >> 14)}.${(i >> 6) & 255}.${(i & 63) << 2}/30 via 10.1.0.${
        i & 127
      } dev eth0\n`
    ),
  );
  await input(
    [...inside, "bridge", "-batch", "-"],
    each((i) => `fdb add ${mac(i)} dev port0 master static\n`),
  );
}

const hex = (n: number) => (n & 255).toString(16).padStart(2, "0");

async function buildConnections(connections: number): Promise<void> {
  // Connections are tracked where a rule asks for that.
  const inside = ["ip", "netns", "exec", LAB.connections];
  await input(
    [...inside, "iptables-nft-restore"],
    "*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT\nCOMMIT\n",
  );
  const lines = Array.from({ length: connections }, (_, i) => {
    const client = `10.3.${(i >> 8) & 255}.${i & 255}`;
    return `-I -p tcp -s ${client} -d 10.4.0.1 --sport ${1024 + (i >> 3)} --dport 80 ` +
      `--timeout 3600 --state ESTABLISHED -u ASSURED\n`;
  });
  const file = await Deno.makeTempFile();
  await Deno.writeTextFile(file, lines.join(""));
  await execa(inside[0]!, [...inside.slice(1), "conntrack", "--load-file", file]);
  await Deno.remove(file);
}

async function buildNamespaces(namespaces: number): Promise<void> {
  const each = (line: (i: number) => string) =>
    Array.from({ length: namespaces }, (_, i) => line(i)).join("");
  await input(["ip", "-batch", "-"], each((i) => `netns add ${nameOf(i)}\n`));
  await input(
    ["ip", "-n", LAB.hub, "-batch", "-"],
    each((i) => `link add v${i} type veth peer name eth0 netns ${nameOf(i)}\nlink set v${i} up\n`),
  );
  for (let i = 0; i < namespaces; i++) {
    await input(
      ["ip", "-n", nameOf(i), "-batch", "-"],
      `link set lo up\nlink set eth0 up\naddr add 10.9.${i >> 8}.${i & 255}/16 dev eth0\n` +
        `route add default via 10.9.255.254\n`,
    );
  }
}

const sh = (script: string) => execa("sh", ["-euc", script]);

async function input([command, ...args]: readonly string[], text: string): Promise<void> {
  await execa(command!, args, { input: text });
}

if (import.meta.main) {
  if (Deno.args[0] === "down") await removeLab();
  else {
    const [namespaces = 1000, rules = 33_000, entries = 10_000, connections = 50_000] = Deno.args
      .map(Number);
    await buildLab({ namespaces, rules, entries, connections });
  }
}
