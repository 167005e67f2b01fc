import { deepStrictEqual as same, ok } from "node:assert";
import { btfBytes, type BtfType } from "../../../test/fake/btf.ts";
import { readBtf } from "./btf.ts";
import { excerptBtf } from "./btf_excerpt.ts";
import { readKernelBtf } from "./kernel_btf.ts";

/** struct packet { struct device *dev; struct socket *sk; u64 cb; enum why; u8 *head; struct in } */
const KERNEL: BtfType[] = [
  { kind: "int", name: "u64", size: 8 }, // 1
  { kind: "pointer", of: 3 }, // 2
  { kind: "struct", name: "device", members: [["index", 1, 0], ["packet", 6, 64]] }, // 3
  { kind: "pointer", of: 5 }, // 4
  { kind: "struct", name: "socket", members: [["family", 1, 0]] }, // 5
  { kind: "pointer", of: 7 }, // 6
  {
    kind: "struct",
    name: "packet",
    members: [["dev", 2, 0], ["sk", 4, 64], ["cb", 9, 128], ["why", 8, 192], ["", 10, 256]],
  }, // 7
  { kind: "enum", name: "why", values: [["TOO_BIG", 4]] }, // 8
  { kind: "typedef", name: "word", of: 1 }, // 9
  { kind: "struct", name: "", members: [["inner", 1, 0]] }, // 10
  { kind: "struct", name: "stranger", members: [["x", 1, 0]] }, // 11
];

const excerpt = readBtf(
  excerptBtf(readBtf(btfBytes(KERNEL)), {
    types: ["packet", "no_such_type"],
    members: new Set(["dev", "index"]),
  }),
);

Deno.test("an excerpt of BTF has what is named, and its parts", () => {
  same(excerpt.membersOf("packet")!.map(({ name, offsetBits }) => [name, offsetBits]), [
    ["dev", 0],
    ["sk", 64],
    ["cb", 128],
    ["why", 192],
    ["inner", 256],
  ]);
  same([...excerpt.enumOf("why")!], [["TOO_BIG", 4]]);
  same(excerpt.membersOf("stranger"), null);
});

Deno.test("an excerpt of BTF follows the pointers that are followed, and no others", () => {
  ok(excerpt.membersOf("device"));
  same(excerpt.membersOf("socket"), null);
});

Deno.test("an excerpt of BTF may lead back to itself", () => {
  const both = excerptBtf(readBtf(btfBytes(KERNEL)), {
    types: ["device"],
    members: new Set(["dev", "packet"]),
  });
  ok(readBtf(both).membersOf("packet"));
});

const kernel = await readKernelBtf();

Deno.test({
  name: "an excerpt of this kernel's BTF has the same layout in a fiftieth of the size",
  ignore: kernel === null,
  fn() {
    const bytes = excerptBtf(kernel!, {
      types: ["sk_buff", "task_struct"],
      members: new Set(["dev", "nd_net", "net", "ns", "inum", "nsproxy", "net_ns", "sk"]),
    });
    const small = readBtf(bytes);
    for (
      const [struct, ...path] of [
        ["sk_buff", "dev"],
        ["sk_buff", "network_header"],
        ["net_device", "nd_net", "net"],
        ["net", "ns", "inum"],
        ["task_struct", "nsproxy"],
        ["nsproxy", "net_ns"],
      ]
    ) same(small.offsetOf(struct!, path), kernel!.offsetOf(struct!, path), path.join("."));
    ok(bytes.length < 200_000, `${bytes.length} bytes`);
  },
});
