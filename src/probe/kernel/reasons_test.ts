import { deepStrictEqual as same, ok } from "node:assert";
import { btfBytes, type BtfType, stringsSizeOf } from "../../../test/fake/btf.ts";
import { readBtf } from "./btf.ts";
import { dropReasonsOf, dropReasonsOfFormat, readDropReasons } from "./reasons.ts";
import { readTracefs } from "./tracefs.ts";

const KERNEL: BtfType[] = [
  {
    kind: "enum",
    name: "skb_drop_reason",
    values: [
      ["SKB_NOT_DROPPED_YET", 0],
      ["SKB_CONSUMED", 1],
      ["SKB_DROP_REASON_NOT_SPECIFIED", 2],
      ["SKB_DROP_REASON_IP_RPFILTER", 16],
      ["SKB_DROP_REASON_MAX", 17],
      ["SKB_DROP_REASON_SUBSYS_MASK", 0xffff0000],
    ],
  },
  {
    kind: "enum",
    name: "skb_drop_reason_subsys",
    values: [
      ["SKB_DROP_REASON_SUBSYS_CORE", 0],
      ["SKB_DROP_REASON_SUBSYS_OPENVSWITCH", 2],
      ["SKB_DROP_REASON_SUBSYS_QDISC", 3],
      ["SKB_DROP_REASON_SUBSYS_NUM", 4],
    ],
  },
  {
    kind: "enum",
    name: "qdisc_drop_reason",
    values: [
      ["QDISC_DROP_UNSPEC", 0],
      ["__QDISC_DROP_REASON", 0x30000],
      ["QDISC_DROP_OVERLIMIT", 0x30002],
      ["QDISC_DROP_MAX", 0x30003],
    ],
  },
];

const OPENVSWITCH: BtfType[] = [
  { kind: "enum", name: "ovs_drop_reason", values: [["OVS_DROP_LAST_ACTION", 0x20001]] },
];

Deno.test("drop reasons of the core are named without their common prefix", () => {
  const reasons = dropReasonsOf(readBtf(btfBytes(KERNEL)));
  same(reasons.name(16), "IP_RPFILTER");
  same(reasons.name(2), "NOT_SPECIFIED");
  same(reasons.name(1), "SKB_CONSUMED");
  same([reasons.known, reasons.source], [5, "BTF"]);
});

Deno.test("drop reasons of a subsystem are named, by a module's types as well", () => {
  const kernel = readBtf(btfBytes(KERNEL));
  const module = readBtf(
    btfBytes(OPENVSWITCH, { types: KERNEL.length + 1, strings: stringsSizeOf(KERNEL) }),
    kernel,
  );
  const reasons = dropReasonsOf(kernel, [module]);
  same(reasons.name(0x20001), "OVS_DROP_LAST_ACTION");
  same(reasons.name(0x30002), "QDISC_OVERLIMIT");
  same(reasons.name(0), "SKB_NOT_DROPPED_YET", "a subsystem's zero is not the core's");
});

Deno.test("a drop reason without a name keeps its number", () => {
  const reasons = dropReasonsOf(readBtf(btfBytes(KERNEL)));
  same(reasons.name(17), "17");
  same(reasons.name(0x20001), "OPENVSWITCH:1");
  same(reasons.name(0x50007), "5:7");
  same(dropReasonsOfFormat("").name(3), "3");
});

Deno.test("drop reasons are read from the tracepoint's format when types do not tell", () => {
  const reasons = dropReasonsOfFormat(
    'print fmt: "reason: %s", __print_symbolic(REC->reason, { 2, "NOT_SPECIFIED" }, { 3, "MAX" })',
  );
  same([reasons.name(2), reasons.name(3)], ["NOT_SPECIFIED", "3"]);
  same([reasons.known, reasons.source], [1, "tracepoint format"]);
});

Deno.test({
  name: "on this kernel, types and the tracepoint's format agree on every drop reason",
  ignore: Deno.uid() !== 0,
  async fn() {
    const [reasons, tracefs] = await Promise.all([readDropReasons(), readTracefs()]);
    const listed = [...tracefs!.dropFormat.matchAll(/\{ (\d+), "(\w+)" \}/g)]
      .filter(([, , name]) => name !== "MAX");
    ok(listed.length > 10);
    same(listed.map(([, number]) => reasons.name(Number(number))), listed.map(([, , n]) => n));
  },
});

Deno.test("a drop reason's number is known by its name, where the kernel names one so", () => {
  const reasons = dropReasonsOf(readBtf(btfBytes(KERNEL)));
  same(reasons.number("IP_RPFILTER"), 16);
  same(reasons.number("NO_SOCKET"), undefined);
});
