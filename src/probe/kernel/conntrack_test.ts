import { deepStrictEqual as same } from "node:assert";
import { btfBytes, type BtfType } from "../../../test/fake/btf.ts";
import { readBtf } from "./btf.ts";
import { conntrackLayout } from "./conntrack.ts";

const KERNEL: BtfType[] = [
  { kind: "int", name: "u16", size: 2 }, // 1
  { kind: "union", name: "u3", members: [["all", 1, 0]] }, // 2
  { kind: "struct", name: "src", members: [["u3", 2, 0], ["u", 1, 128]] }, // 3
  { kind: "struct", name: "dst", members: [["u3", 2, 0], ["u", 1, 128]] }, // 4
  { kind: "struct", name: "tuple", members: [["src", 3, 0], ["dst", 4, 160]] }, // 5
  { kind: "struct", name: "hash", members: [["hnnode", 1, 0], ["tuple", 5, 128]] }, // 6
  { kind: "array", of: 6, length: 2 }, // 7
  { kind: "struct", name: "sk_buff", members: [["_nfct", 1, 832]] }, // 8
];
const CONNECTION: BtfType = {
  kind: "struct",
  name: "nf_conn",
  members: [["tuplehash", 7, 128], ["status", 1, 1024]],
};

Deno.test("conntrack's layout is read from the kernel's types", () => {
  same(conntrackLayout(readBtf(btfBytes([...KERNEL, CONNECTION]))), {
    status: 128,
    source: 32,
    sourcePort: 48,
    destination: 52,
    destinationPort: 68,
  });
});

Deno.test("conntrack has no layout when its types are only announced, or packets carry none", () => {
  const announced: BtfType = { kind: "forward", name: "nf_conn" };
  same(conntrackLayout(readBtf(btfBytes([...KERNEL, announced]))), null);
  same(conntrackLayout(readBtf(btfBytes([...KERNEL.slice(0, 7), CONNECTION]))), null);
});
