/** Who is told to keep a rule, of whole rulesets as programs wrote them, and of single rules. */
import { deepEqual, equal, ok } from "node:assert/strict";
import type { NetfilterChain, NetfilterRule, NetnsState } from "../../src/event/state.ts";
import { emptyState } from "../../src/event/state.ts";
import { routeOwner, ruleOwner } from "../../src/analysis/rules/shared/other_owners.ts";
import { ownerOf, policyOwner } from "../../src/analysis/rules/shared/owners.ts";
import { savedTables } from "../../src/probe/state/iptables.ts";

const recorded = (name: string) =>
  Deno.readTextFileSync(new URL(`fuzz/shape/recorded/${name}`, import.meta.url).pathname);

const ownersOf = (rules: readonly NetfilterRule[], chains: readonly NetfilterChain[]) =>
  new Set(rules.map((rule) => ownerOf(rule, [], chains)?.name));

Deno.test("every rule of a recorded ruleset is that of the program that wrote it", () => {
  const files = { "kube-proxy-1.20.2.iptables": "kube-proxy", "calico.iptables": "Calico" };
  for (const [name, owner] of Object.entries(files)) {
    for (const tool of ["iptables", "iptables-legacy"] as const) {
      const { rules, chains } = savedTables(recorded(name), "ip", tool);
      ok(rules.length > 30, name);
      deepEqual([...ownersOf(rules, chains)], [owner], name);
    }
  }
});

/** One rule of a table, as `iptables-save` has it, and who keeps it. */
const RULES: readonly [line: string, owner: string | undefined][] = [
  ["-A KUBE-SERVICES -j DROP", "kube-proxy"],
  ['-A INPUT -m comment --comment "kubernetes health check" -j DROP', "kube-proxy"],
  ["-A KUBE-FIREWALL -j DROP", "kubelet"],
  ["-A KUBE-ROUTER-FORWARD -j DROP", "kube-router"],
  ["-A KUBE-POD-FW-ABCDEF -j REJECT", "kube-router"],
  ["-A KUBE-NWPLCY-ABCDEF -j DROP", "kube-router"],
  ["-A cali-tw-cali0aaa -j DROP", "Calico"],
  ['-A FORWARD -m comment --comment "cali:mp77cMpurHhyjLrM" -j DROP', "Calico"],
  ["-A FLANNEL-FWD -j DROP", "flannel"],
  ['-A FORWARD -m comment --comment "flanneld forward" -j DROP', "flannel"],
  ["-A CNI-FORWARD -j DROP", "a CNI plugin"],
  ["-A CNI-ISOLATION-STAGE-2 -j DROP", "a CNI plugin"],
  ["-A CNI-ADMIN -j DROP", undefined],
  ["-A DOCKER-ISOLATION-STAGE-2 -j DROP", "Docker"],
  ["-A DOCKER-FORWARD -j DROP", "Docker"],
  ["-A DOCKER-USER -j DROP", undefined],
  ["-A FORWARD -i br-0123456789ab -o docker0 -j DROP", "Docker"],
  ["-A ufw-user-input -j DROP", "ufw"],
  ["-A ufw6-before-forward -j DROP", "ufw"],
  ["-A LIBVIRT_FWI -j REJECT", "libvirt"],
  ["-A FORWARD -o virbr0 -j REJECT", "libvirt"],
  ["-A CILIUM_FORWARD -j DROP", "Cilium"],
  ["-A OLD_CILIUM_INPUT -j DROP", "Cilium"],
  ['-A FORWARD -m comment --comment "cilium-feeder: CILIUM_FORWARD" -j DROP', "Cilium"],
  ["-A ANTREA-FORWARD -j DROP", "Antrea"],
  ["-A NETAVARK_ISOLATION_2 -j DROP", "Podman"],
  ["-A NETAVARK-1D8721804F16F -j DROP", "Podman"],
  ["-A WEAVE-NPC-INGRESS -j DROP", "Weave Net"],
  ["-A f2b-sshd -j REJECT", "fail2ban"],
  ["-A ts-input -j DROP", "Tailscale"],
  ["-A FORWARD -s 10.0.0.0/8 -j DROP", undefined],
  ["-A mychain -j DROP", undefined],
  ["-A KUBEISH -j DROP", undefined],
];

Deno.test("a rule of iptables is told to be its program's by chain, comment or device", () => {
  for (const [line, owner] of RULES) {
    const saved = `*filter\n:FORWARD ACCEPT [0:0]\n${line}\nCOMMIT\n`;
    const { rules, chains } = savedTables(saved, "ip", "iptables");
    equal(ownerOf(rules[0]!, [], chains)?.name, owner, line);
  }
});

Deno.test("rules and policies of nft are their table's", () => {
  const tables: Record<string, string | undefined> = {
    ...{ "kube-proxy": "kube-proxy", calico: "Calico", "flannel-ipv4": "flannel" },
    ...{ firewalld: "firewalld", firewalld_policy_drop: "firewalld", netavark: "Podman" },
    ...{ "docker-bridges": "Docker", libvirt_network: "libvirt", antrea: "Antrea" },
    ...{ cni_hostport: "a CNI plugin", "ovn-kubernetes": "OVN-Kubernetes", incus: "LXD or Incus" },
    ...{ filter: undefined, fw: undefined, mykube: undefined },
  };
  for (const [table, owner] of Object.entries(tables)) {
    const chain = { family: "inet", table, name: "c", hook: "forward", policy: "drop" };
    const rule: NetfilterRule = {
      ...{ tool: "nft", family: "inet", table, chain: "c", position: 1, text: "drop" },
    };
    equal(ownerOf(rule, [], [chain])?.name, owner, table);
    equal(policyOwner(chain, [], false)?.name, owner, `policy of ${table}`);
  }
});

const place = (...names: string[]): NetnsState =>
  emptyState(1, "0", {
    links: names.map((name, i) => ({
      ...{
        ifindex: i + 1,
        name,
        kind: "veth",
        mtu: 1500,
        flags: [],
        operstate: "UP",
        addresses: [],
      },
    })),
  });

Deno.test("a block of Calico's and a rule of Tailscale's are theirs, and like ones are not", () => {
  const block = (type: string, destination: string) => ({
    ...{ family: 4 as const, table: 254, type, destination },
  });
  const calico = place("eth0", "cali0123456789a");
  ok(routeOwner(calico, block("blackhole", "10.244.1.64/26"), "10.244.1.70")?.startsWith("Calico"));
  equal(routeOwner(calico, block("blackhole", "10.0.0.0/8"), "10.244.1.70"), null);
  equal(routeOwner(calico, block("prohibit", "10.244.1.64/26"), "10.244.1.70"), null);
  equal(routeOwner(place("eth0", "cali0"), block("blackhole", "10.244.1.64/26"), "10.1.1.1"), null);
  const rule = { family: 4 as const, priority: 5250, action: "unreachable" };
  ok(ruleOwner({ ...rule, mark: "0x80000/0xff0000" })?.startsWith("Tailscale"));
  equal(ruleOwner({ ...rule, mark: "0x1" }), null);
  equal(ruleOwner({ ...rule, priority: 100, mark: "0x80000/0xff0000" }), null);
});
