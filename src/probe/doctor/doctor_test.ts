import { NFT } from "../../../test/fake/nft_layout.ts";
import { deepStrictEqual as same, match, ok } from "node:assert";
import { LasthopError } from "../../event/error.ts";
import type { Script } from "../../event/report.ts";
import type { Capability } from "../kernel/capability.ts";
import { diagnose, type Diagnosis, type Findings } from "./doctor.ts";
import { SCRIPTS } from "../run/render.ts";

const attached: Script[] = SCRIPTS.map((name) => ({ name, state: "attached" }));

const whole: Findings = {
  capability: {
    kernel: "6.18.0",
    bpftrace: "0.17.0",
    root: true,
    uid: 0,
    privileged: true,
    tracepoints: new Set(),
    tracepointsRead: true,
    btf: true,
    conntrack: { status: 128, source: 32, sourcePort: 48, destination: 52, destinationPort: 68 },
    dropReason: true,
    raw: false,
    kprobes: false,
    functions: new Set(),
    nft: null,
    cpus: 2,
    lockdown: "none",
  },
  surroundings: { remarks: [], missing: [], datapaths: [], install: "apt-get install" },
  trial: { scripts: attached, attachMs: 900, failure: null },
  reasons: 128,
};

function machine(
  capability: Partial<Capability>,
  rest: Partial<Omit<Findings, "capability">> = {},
): Diagnosis {
  return diagnose({ ...whole, ...rest, capability: { ...whole.capability, ...capability } });
}

const check = ({ checks }: Diagnosis, id: string) => checks.find((each) => each.id === id)!;

function without(name: string, why: string): Script[] {
  return attached.map((each) => each.name === name ? { name, state: "unavailable", why } : each);
}

Deno.test("doctor finds nothing wrong with a machine that can trace", () => {
  const diagnosis = machine({});
  same([diagnosis.canTrace, diagnosis.obstacle, diagnosis.fixes], [true, null, []]);
  same(check(diagnosis, "drop-reason").note, "128 reasons known by name");
  same(check(diagnosis, "firewall-rule").state, "partly", "never proven without kprobes");
});

Deno.test("doctor tells whether a rule of nft is seen, and why not", () => {
  const note = (capability: Partial<Capability>) =>
    check(machine(capability), "firewall-rule").note ?? "";
  const functions = new Set(["nft_immediate_eval"]);
  match(note({}), /by counters and the rule's text, .* \(this kernel has no kprobes\)/);
  match(note({ kprobes: true }), /\(nf_tables is not loaded now\)/);
  match(note({ kprobes: true, functions }), /\(nft's types are not known\)/);
  match(
    note({ kprobes: true, functions, nft: NFT }),
    /likely rather than proven; proven with --deep, for rules and policies of nft$/,
  );
  const both = new Set(["ipt_do_table", "nft_do_chain"]);
  const tables = { nftChainName: 88, xtTableName: 56 };
  match(
    note({ kprobes: true, functions: both, tables }),
    /proven with --deep, for chains of nft and tables of iptables-legacy$/,
  );
});

Deno.test("doctor says what no machine shows", () => {
  const blind = machine({}).checks.filter(({ state }) => state === "no").map(({ id }) => id);
  same(blind, ["xdp", "hardware", "payload"]);
});

Deno.test("doctor names what a kernel lacks, and keeps the rest", () => {
  const scripts = without("route6", "this kernel has no fib6:fib6_table_lookup");
  const diagnosis = machine({}, { trial: { scripts, attachMs: 900, failure: null } });
  same(diagnosis.canTrace, true);
  same(check(diagnosis, "route").state, "partly");
  same(check(diagnosis, "route").note, "route6: this kernel has no fib6:fib6_table_lookup");
  same(check(diagnosis, "device").state, "yes");
});

Deno.test("doctor knows that an old kernel tells the function but not the reason", () => {
  const diagnosis = machine({ dropReason: false });
  same(check(diagnosis, "drop").state, "yes");
  same(check(diagnosis, "drop-reason").state, "partly");
});

Deno.test("doctor without root says what it could not check, and how to", () => {
  const diagnosis = machine({ root: false, uid: 1000, privileged: false, tracepointsRead: false });
  same(diagnosis.obstacle?.code, "not_root");
  same(check(diagnosis, "device").state, "unknown");
  same(check(diagnosis, "icmp-error").state, "unknown");
  ok(diagnosis.fixes.some(({ command }) => command === "sudo ./lasthop doctor"));
});

Deno.test("doctor advises the command of this system, or none that it does not know", () => {
  const fix = (install: string | null) =>
    machine({ bpftrace: null }, { surroundings: { ...whole.surroundings, install } }).fixes[0];
  same(fix("dnf install")?.command, "dnf install bpftrace");
  same(fix(null)?.command, undefined);
});

Deno.test("doctor names each package once, for all programs that are missing from it", () => {
  const surroundings = { ...whole.surroundings, missing: ["ip", "tc", "nft"] };
  const { fixes, checks, canTrace } = machine({}, { surroundings });
  same(canTrace, true);
  same(fixes[0], {
    why: "Without ip, tc, nft causes stay unnamed",
    command: "apt-get install iproute2 nftables",
  });
  same(checks.find(({ id }) => id === "state")?.state, "partly");
});

Deno.test("doctor believes what it tried more than what it read", () => {
  const failure = new LasthopError("bpftrace_died", "Cannot go on tracing: …");
  const diagnosis = machine({}, { trial: { scripts: attached, attachMs: null, failure } });
  same([diagnosis.canTrace, diagnosis.obstacle?.code], [false, "bpftrace_died"]);
});
