import { deepStrictEqual as same, ok, throws } from "node:assert";
import { readBtf } from "./btf.ts";
import { btfBytes, type BtfType, stringsSizeOf } from "../../../test/fake/btf.ts";

/** struct wanted { int id; union { int a; struct { int b, c; }; }; struct part *parts[2]; … } */
const TYPES: BtfType[] = [
  { kind: "int", name: "int", size: 4 }, // 1
  { kind: "struct", name: "", members: [["b", 1, 0], ["c", 1, 32]] }, // 2
  { kind: "union", name: "", members: [["a", 1, 0], ["", 2, 0]] }, // 3
  { kind: "struct", name: "part", members: [["first", 1, 0], ["second", 1, 32]] }, // 4
  { kind: "array", of: 6, length: 2 }, // 5
  { kind: "typedef", name: "part_t", of: 4 }, // 6
  { kind: "struct", name: "wanted", members: [["id", 1, 0], ["", 3, 32], ["parts", 5, 128]] }, // 7
  { kind: "forward", name: "absent" }, // 8
  { kind: "enum", name: "colour", values: [["RED", 0], ["MASK", 0xffff0000]] }, // 9
  { kind: "enum64", name: "wide", values: [["LOW", 3]] }, // 10
  { kind: "struct", name: "flags", members: [["one", 1, 5], ["rest", 1, 6]], bitFields: true }, // 11
];

Deno.test("BTF: values of an enum, as the kernel numbers them", () => {
  const btf = readBtf(btfBytes(TYPES));
  same([...btf.enumOf("colour")!], [["RED", 0], ["MASK", 0xffff0000]]);
  same([...btf.enumOf("wide")!], [["LOW", 3]]);
  same(btf.enumOf("wanted"), null, "a struct is no enum");
  same(btf.enumOf("colou"), null, "a part of a name is no name");
});

Deno.test("BTF: members of a struct, through anonymous structs and unions", () => {
  const btf = readBtf(btfBytes(TYPES));
  const offsets = btf.membersOf("wanted")!.map((member) => [member.name, member.offsetBits]);
  same(offsets, [["id", 0], ["a", 32], ["b", 32], ["c", 64], ["parts", 128]]);
  same(btf.membersOf("flags")!.map((member) => member.offsetBits), [5, 6]);
});

Deno.test("BTF: a forward declaration has no members", () => {
  const btf = readBtf(btfBytes(TYPES));
  same(btf.membersOf("absent"), null);
  same(btf.membersOf("never_heard_of"), null);
});

Deno.test("BTF: an offset through arrays and typedefs; null when a step is missing", () => {
  const btf = readBtf(btfBytes(TYPES));
  same(btf.offsetOf("wanted", ["parts", "second"]), 128 + 32);
  same(btf.offsetOf("wanted", ["parts", "third"]), null);
  same(btf.offsetOf("wanted", ["id", "second"]), null);
});

Deno.test("BTF: a module's types stand on those of the kernel", () => {
  const base = readBtf(btfBytes(TYPES));
  const first = { types: TYPES.length + 1, strings: stringsSizeOf(TYPES) };
  const module = readBtf(
    btfBytes([
      { kind: "struct", name: "absent", members: [["part", 4, 64]] },
      { kind: "enum", name: "module_reason", values: [["MODULE_FULL", 0x20001]] },
    ], first),
    base,
  );
  same([...module.enumOf("module_reason")!], [["MODULE_FULL", 0x20001]]);
  same(module.offsetOf("absent", ["part", "second"]), 64 + 32);
  same(module.enumOf("colour")?.size, 2, "what the module lacks, the kernel has");
});

Deno.test("BTF: damaged bytes are refused, never misread", () => {
  const bytes = btfBytes(TYPES);
  throws(() => readBtf(new Uint8Array(10)), { code: "btf_malformed" });
  throws(() => readBtf(bytes.subarray(0, 100)), { code: "btf_malformed" });
  const strange = bytes.slice();
  strange[24 + 7] = 99;
  throws(() => readBtf(strange), { code: "btf_malformed", message: /kind 99 is unknown/ });
});

Deno.test({
  name: "BTF: this kernel's own BTF is read in one pass",
  ignore: !exists("/sys/kernel/btf/vmlinux"),
  fn() {
    const btf = readBtf(Deno.readFileSync("/sys/kernel/btf/vmlinux"));
    const members = btf.membersOf("sk_buff")!.map((member) => member.name);
    for (const name of ["head", "dev", "network_header", "protocol"]) ok(members.includes(name));
    same(btf.offsetOf("net_device", ["nd_net", "net"])! % 64, 0);
  },
});

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
