/**
 * What this machine can show of a packet, said for whoever has to find it: things an engineer wants
 * to see, not kernel features. Pure: what was found out is handed in.
 */
import { BPFTRACE_MIN, type Capability, isAtLeast, obstacleOf } from "../kernel/capability.ts";
import type { Told } from "../openvswitch/read.ts";
import type { Check, CheckState } from "./check.ts";
import { datapathChecks } from "./datapaths.ts";
import { openvswitchCheck } from "./openvswitch_check.ts";
import { PROGRAMS, type Surroundings } from "./surroundings.ts";
import type { Trial } from "./trial.ts";

/** What would let this machine show more. */
export interface Fix {
  why: string;
  /** A line for a shell, where one command does it. */
  command?: string;
}

/** What `lasthop doctor` says. */
export interface Diagnosis {
  canTrace: boolean;
  /** Code and message of the LasthopError that stands in the way of any trace. */
  obstacle: { code: string; message: string } | null;
  /** Milliseconds that attaching took; null when it was not tried or failed. */
  attachMs: number | null;
  checks: Check[];
  fixes: Fix[];
}

/** What was found out on this machine. */
export interface Findings {
  capability: Capability;
  surroundings: Surroundings;
  /** What could be attached, or, where that was not tried, what would be. */
  trial: Trial;
  /** How many drop reasons of this kernel have names. */
  reasons: number;
  /** What Open vSwitch tells; absent: this machine has none. */
  openvswitch?: Told;
}

/** Turns what was found out into what can be seen, and what would help. */
export function diagnose(findings: Findings): Diagnosis {
  const obstacle = obstacleOf(findings.capability) ?? findings.trial.failure;
  return {
    canTrace: obstacle === null,
    obstacle: obstacle && { code: obstacle.code, message: obstacle.message },
    attachMs: findings.trial.attachMs,
    checks: [
      ...seen(findings),
      ...judged(findings),
      ...datapaths(findings),
      ...openvswitchCheck(findings.openvswitch, findings.capability),
      ...BLIND,
    ],
    fixes: fixesOf(findings),
  };
}

/** What scripts see. */
function seen(findings: Findings): Check[] {
  const { capability } = findings;
  const check = (id: string, what: string, scripts: string[]): Check => {
    const { state, why } = stateOf(scripts, findings);
    return { id, state, what, scripts, note: why };
  };
  return [
    check("device", "Packets entering and leaving network devices", ["device_rx", "device_tx"]),
    check("drop", "Packets the kernel drops, and in which function", ["drop"]),
    reasonCheck(check("drop-reason", "Why the kernel dropped them", ["drop"]), findings),
    check("deliver", "Packets an application reads from its socket", ["deliver"]),
    check("consume", "Packets the kernel answers or uses itself", ["consume"]),
    check("tunnel", "Packets inside VXLAN, Geneve, GRE and IP-in-IP tunnels", [
      "device_rx",
      "device_tx",
    ]),
    translationCheck(capability),
    check("route", "Routing lookups that fail", ["route", "route6"]),
    check("neighbour", "Next hops that do not answer ARP or neighbour discovery", ["neighbour"]),
    icmpCheck(check("icmp-error", "ICMP errors the kernel sends, and about which packet", [
      "icmp_error",
    ])),
    check("reset", "TCP resets the kernel sends, and about which packet", ["reset"]),
  ];
}

/** Why a packet was dropped needs both the script and a kernel that gives drop reasons. */
function reasonCheck(check: Check, { capability, reasons }: Findings): Check {
  if (check.state !== "yes") return check;
  if (capability.dropReason) return { ...check, note: `${reasons} reasons known by name` };
  const note = "this kernel tells the function only, reasons came with Linux 5.17";
  return { ...check, state: "partly", note };
}

/** An error that leaves is a packet, and seen as one; the script sees where it is made. */
function icmpCheck(check: Check): Check {
  if (check.state === "unknown") return check;
  if (check.state === "yes") {
    return { ...check, note: "IPv4 where they are made, ICMPv6 when they leave" };
  }
  return {
    ...check,
    state: "partly",
    note: "when they leave; where they are made, since Linux 6.10",
  };
}

function translationCheck({ conntrack, btf }: Capability): Check {
  const check = {
    id: "translation",
    what: "Address translation: a packet before and after NAT",
    scripts: ["device_rx", "device_tx"],
  };
  if (conntrack) return { ...check, state: "yes", note: "joined through the connection tracker" };
  if (!btf) return { ...check, state: "no", note: "this kernel does not describe its data" };
  const note = "connection tracking is not loaded, so nothing is translated here now";
  return { ...check, state: "partly", note };
}

/** What the kernel comes to is seen; what it does not tell is deduced. */
function firewallCheck(capability: Capability, lacksNft: boolean): Check {
  const { kprobes, functions, nft, tables } = capability;
  const seen = [
    nft !== null && functions.has("nft_immediate_eval")
      ? "rules and policies of nft"
      : tables?.nftChainName !== undefined && functions.has("nft_do_chain")
      ? "chains of nft"
      : null,
    tables?.xtTableName !== undefined && functions.has("ipt_do_table")
      ? "tables of iptables-legacy"
      : null,
  ].filter((what) => what !== null);
  const isSeen = kprobes && seen.length > 0;
  const deduced = lacksNft
    ? "not installed: nft; iptables rules only"
    : "by counters and the rule's text, so likely rather than proven";
  const why = !kprobes
    ? "this kernel has no kprobes"
    : functions.has("nft_immediate_eval")
    ? "nft's types are not known"
    : "nf_tables is not loaded now";
  return {
    id: "firewall-rule",
    state: "partly",
    what: "Which firewall rule dropped it",
    note: isSeen
      ? `${deduced}; proven with --deep, for ${seen.join(" and ")}`
      : `${deduced} (${why})`,
    scripts: [],
  };
}

/** What is deduced from state. */
function judged({ surroundings, capability }: Findings): Check[] {
  const lacks = (...programs: string[]) =>
    programs.filter((program) => surroundings.missing.includes(program));
  const routing = lacks("ip", "bridge", "tc", "ss");
  const rules = lacks("nft");
  return [
    {
      id: "state",
      state: routing.length === 0 ? "yes" : "partly",
      what: "The route, neighbour, bridge entry or setting that was to blame",
      note: routing.length === 0 ? undefined : `not installed: ${routing.join(", ")}`,
      scripts: [],
    },
    firewallCheck(capability, rules.length > 0),
  ];
}

/** What is seen of the datapaths that are on this node. */
function datapaths(findings: Findings): Check[] {
  const consume = stateOf(["consume"], findings).state === "yes";
  return datapathChecks(findings.surroundings.datapaths, { consume });
}

/** What no machine shows. */
const BLIND: Check[] = [
  {
    id: "xdp",
    state: "no",
    what: "Packets an XDP program drops or redirects",
    note:
      "they end before the kernel makes a packet of them; the program's presence is shown. What " +
      "it drops is seen in veth and generic XDP, and since Linux 6.5 with --deep in virtio_net",
    scripts: [],
  },
  {
    id: "hardware",
    state: "no",
    what: "Packets lost in a network card or on the wire",
    note:
      "shown as the gap between two nodes; unknown where tc lists filters of the device as in_hw",
    scripts: [],
  },
  {
    id: "payload",
    state: "no",
    what: "What packets carry",
    note: "lasthop reads headers only, by design",
    scripts: [],
  },
];

function stateOf(names: string[], { capability, trial }: Findings): {
  state: CheckState;
  why?: string;
} {
  if (!capability.tracepointsRead) return { state: "unknown" };
  const missing = trial.scripts
    .filter(({ name, state }) => names.includes(name) && state !== "attached");
  if (missing.length === 0) return { state: "yes" };
  const why = missing.map(({ name, why }) =>
    names.length === 1 ? why ?? "unavailable" : `${name}: ${why ?? "unavailable"}`
  ).join("; ");
  return { state: missing.length === names.length ? "no" : "partly", why };
}

function fixesOf({ capability, surroundings, trial }: Findings): Fix[] {
  const { bpftrace, root, privileged, btf, lockdown } = capability;
  const { install } = surroundings;
  const installing = (packages: string) => install === null ? undefined : `${install} ${packages}`;
  const fixes: Fix[] = (trial.refusals ?? []).map((text) => ({
    why: `Please report it, for it costs time or a script: ${text}`,
  }));
  if (!root) fixes.push({ why: "Only root may trace a kernel", command: "sudo ./lasthop doctor" });
  else if (!privileged) {
    const why = "In a container, root may trace only when it is privileged";
    fixes.push({ why, command: "docker run --privileged --network host --pid host …" });
  }
  if (bpftrace === null) {
    fixes.push({ why: "bpftrace runs lasthop's scripts", command: installing("bpftrace") });
  } else if (!isAtLeast(bpftrace, BPFTRACE_MIN)) {
    const why =
      `bpftrace ${bpftrace} is too old, ${BPFTRACE_MIN} (Debian 12, Ubuntu 24.04) is enough`;
    fixes.push({ why });
  }
  if (!btf) {
    const why = "This kernel does not describe its data (BTF): start one that does, as those of" +
      " Debian 11, Ubuntu 20.10, RHEL 8.2 and later do (CONFIG_DEBUG_INFO_BTF=y)";
    fixes.push({ why });
  }
  if (lockdown === "confidentiality") {
    fixes.push({ why: "This kernel is locked down: start it without lockdown=confidentiality" });
  }
  const packages = [
    ...new Set(surroundings.missing.map((program) => PROGRAMS[program] ?? program)),
  ];
  if (packages.length > 0) {
    const why = `Without ${surroundings.missing.join(", ")} causes stay unnamed`;
    fixes.push({ why, command: installing(packages.join(" ")) });
  }
  return [...fixes, ...surroundings.remarks.map((why) => ({ why }))];
}
