/**
 * Programs that keep rules of a firewall. Each writes its rules back when they are changed, or is
 * surprised by the change; so what they wrote is changed where they take it from.
 */
import type { NetfilterChain, NetfilterRule } from "../../../event/state.ts";

/** A program that keeps rules, and how its rules are told from a person's. */
export interface Controller {
  /** As sentences name it. */
  name: string;
  /** Its chains, by name. */
  chains?: RegExp;
  /** Its tables of nft, by name. */
  tables?: RegExp;
  /** Comments of its rules in chains that are not its own. */
  comments?: RegExp;
  /** Devices that it makes: a rule in a chain that is not its own about one of them is its own. */
  devices?: RegExp;
  /** Its chains are only told to be so beside one of this name in the same table. */
  beside?: RegExp;
  /** The object that its rules are made of, and that has to be changed: ends "look at …". */
  object: string;
}

/** In the order of asking: a name with more letters before one that it begins with. */
export const CONTROLLERS: readonly Controller[] = [
  {
    name: "kube-router",
    chains: /^KUBE-(ROUTER-|POD-FW-|NWPLCY-|DEFAULT-NWPLCY)/,
    object: "the NetworkPolicies that select the pod",
  },
  {
    name: "kubelet",
    chains: /^KUBE-(FIREWALL$|KUBELET-|IPTABLES-HINT$)/,
    object: "the marks and addresses used",
  },
  {
    name: "kube-proxy",
    chains: /^KUBE-/,
    tables: /^kube-proxy$/,
    comments: /^kubernetes |has no (local )?endpoints$/,
    object: "the Service, its ports and its endpoints",
  },
  {
    name: "Calico",
    chains: /^cali-/,
    tables: /^calico$/,
    comments: /^cali:/,
    object: "the NetworkPolicies and GlobalNetworkPolicies that select the end point",
  },
  {
    name: "flannel",
    chains: /^FLANNEL-/,
    tables: /^flannel-ipv[46]$/,
    comments: /^flanneld /,
    object: "the network in the ConfigMap of flannel",
  },
  {
    name: "a CNI plugin",
    chains: /^CNI-(?!ADMIN$)/,
    tables: /^cni_hostport$/,
    comments: /^CNI (portfwd|firewall plugin)/,
    object: "the hostPort of the pod and the configuration of the plugin",
  },
  {
    name: "Docker",
    chains: /^DOCKER(?!-USER$)/,
    tables: /^docker-bridges$/,
    devices: /^(docker0|docker_gwbridge|br-[0-9a-f]{12})$/,
    object: "the networks and published ports of the container",
  },
  { name: "ufw", chains: /^ufw6?-/, object: "ufw status numbered" },
  {
    name: "firewalld",
    tables: /^firewalld/,
    chains:
      /^((IN|FWD[IO]?|PRE|POST)_|(INPUT|FORWARD|OUTPUT)_(ZONES|IN_|OUT_|direct|POLICIES)|PREROUTING_|POSTROUTING_)/,
    beside: /^(INPUT|PREROUTING)_(ZONES|direct)$/,
    object: "firewall-cmd --list-all-zones",
  },
  {
    name: "libvirt",
    chains: /^LIBVIRT_/,
    tables: /^libvirt_network$/,
    devices: /^virbr\d+$/,
    object: "the definition of the virtual network, virsh net-dumpxml",
  },
  {
    name: "Cilium",
    chains: /^(OLD_)?CILIUM_/,
    comments: /^cilium/,
    object: "the CiliumNetworkPolicies that select the end point",
  },
  {
    name: "Antrea",
    chains: /^ANTREA-/,
    tables: /^antrea/,
    object: "the NetworkPolicies of Antrea",
  },
  { name: "Weave Net", chains: /^WEAVE/, object: "the NetworkPolicies that select the pod" },
  {
    name: "Podman",
    chains: /^NETAVARK/,
    tables: /^netavark$/,
    object: "the networks and published ports of the container",
  },
  {
    name: "LXD or Incus",
    tables: /^(lxd|incus)$/,
    comments: /^generated for (LXD|Incus) network/,
    object: "the settings of the network, ipv4.firewall and its ACLs",
  },
  {
    name: "Istio",
    chains: /^ISTIO_/,
    object: "the annotations of the pod, traffic.sidecar.istio.io",
  },
  {
    name: "Linkerd",
    chains: /^PROXY_INIT_/,
    object: "the annotations of the pod, config.linkerd.io",
  },
  {
    name: "OVN-Kubernetes",
    chains: /^(OVN-KUBE|OPENSHIFT-)/,
    tables: /^ovn-kubernetes$/,
    object: "the Service and the NetworkPolicies",
  },
  { name: "the AWS VPC CNI plugin", chains: /^AWS-/, object: "the settings of aws-node" },
  { name: "ip-masq-agent", chains: /^IP-MASQ/, object: "the ConfigMap of the agent" },
  { name: "Tailscale", chains: /^ts-/, object: "the settings and access controls of Tailscale" },
  {
    name: "fail2ban",
    chains: /^f2b-/,
    tables: /^f2b-table$/,
    object: "the banned addresses, fail2ban-client status",
  },
  {
    name: "CrowdSec",
    chains: /^CROWDSEC/,
    tables: /^crowdsec6?(-chain)?$/,
    object: "the decisions, cscli decisions list",
  },
  {
    name: "Shorewall",
    chains: /./,
    beside: /^(shorewall|sha-[lr]h-[0-9a-f]+)$/,
    object: "/etc/shorewall/policy and /etc/shorewall/rules, then shorewall reload",
  },
  { name: "foomuuri", tables: /^foomuuri$/, object: "/etc/foomuuri, then foomuuri reload" },
  { name: "OpenWrt's fw4", tables: /^fw4$/, object: "/etc/config/firewall, uci show firewall" },
  {
    name: "CSF",
    chains: /^(LOCALINPUT|LOCALOUTPUT|LOGDROPIN|LOGDROPOUT|DENYIN|DENYOUT|PORTFLOOD|INVDROP)$/,
    beside: /^LOCALINPUT$/,
    object: "/etc/csf/csf.conf and csf.deny, csf -g ADDRESS",
  },
  { name: "VyOS", chains: /^VYOS_/, tables: /^vyos_/, object: "the configuration, show firewall" },
  { name: "systemd-networkd", tables: /^io\.systemd\.nat$/, object: "the .network files" },
];

/** Names of one chain, and of the chains in its table. */
interface Place {
  table: string;
  chain: string;
  /** Names of all chains in that table. */
  beside: readonly string[];
}

function isIn(one: Controller, { table, chain, beside }: Place): boolean {
  if (one.tables?.test(table)) return true;
  if (!one.chains?.test(chain)) return false;
  return one.beside === undefined || beside.some((name) => one.beside!.test(name));
}

const COMMENT = /--comment (?:"((?:[^"\\]|\\.)*)"|(\S+))/g;
const DEVICE = /(?:^| )(?:-[io]|--(?:in|out)-interface) (\S+)|\b[io]ifname "?([^\s"]+)"?/g;

const groups = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map((match) => match[1] ?? match[2] ?? "");

/** Comments of a rule. */
export const commentsOf = ({ comment, text }: NetfilterRule): string[] => [
  ...(comment === undefined ? [] : [comment]),
  ...groups(text, COMMENT),
];

/**
 * Who keeps this rule; null when it is a person's: chains of no controller, none of its comments and
 * devices. `path` are the rules whose jumps led there: a chain that only a controller's chain leads
 * to is the controller's, but for those that it leaves to people.
 */
export function ownerOf(
  rule: NetfilterRule,
  path: readonly NetfilterRule[],
  chains: readonly NetfilterChain[],
): Controller | null {
  const inTable = chains.filter(({ family, table }) =>
    family === rule.family && table === rule.table
  );
  const beside = inTable.map(({ name }) => name);
  const comments = commentsOf(rule);
  const devices = groups(rule.text, DEVICE);
  for (const one of CONTROLLERS) {
    if (isIn(one, { table: rule.table, chain: rule.chain, beside })) return one;
    if (one.comments && comments.some((text) => one.comments!.test(text))) return one;
    if (one.devices && devices.some((name) => one.devices!.test(name))) return one;
  }
  if (LEFT_TO_PEOPLE.test(rule.chain)) return null;
  const leading = path.map(({ table, chain }) => ({ table, chain, beside }));
  return CONTROLLERS.find((one) => leading.some((place) => isIn(one, place))) ?? null;
}

/** Chains that a controller makes and leaves empty for the rules of people. */
const LEFT_TO_PEOPLE = /^(DOCKER-USER|CNI-ADMIN)$/;

/**
 * Who set the policy of a base chain: nft's by its table. Of iptables' chains ufw sets all three
 * policies, and Docker that of FORWARD; theirs it is where the chain leads to their chains.
 */
export function policyOwner(
  chain: NetfilterChain,
  rules: readonly NetfilterRule[],
  isIptables: boolean,
): Controller | null {
  if (!isIptables) return CONTROLLERS.find((one) => one.tables?.test(chain.table)) ?? null;
  const leads = (pattern: RegExp) => rules.some(({ text }) => pattern.test(text));
  if (leads(/-[jg] ufw6?-/)) return named("ufw");
  if (chain.name === "FORWARD" && leads(/-[jg] DOCKER/)) return named("Docker");
  return null;
}

const named = (name: string): Controller => CONTROLLERS.find((one) => one.name === name)!;
