import { deepStrictEqual as same, ok } from "node:assert";
import { btfBytes, type BtfType } from "../../../test/fake/btf.ts";
import { readBtf } from "../kernel/btf.ts";
import { excerptFor, writeShortlist } from "./shortlist.ts";

const PROGRAM = `
tracepoint:skb:kfree_skb { $s = (struct sk_buff *)args->skbaddr; printf("%d", $s->len); }
tracepoint:skb:kfree_skb { @ = count(); }
rawtracepoint:consume_skb { @ = count(); }
interval:s:1 { exit(); }
`;

const KERNEL: BtfType[] = [
  { kind: "int", name: "int", size: 4 },
  { kind: "struct", name: "sk_buff", members: [["len", 1, 0]] },
  { kind: "enum", name: "skb_drop_reason", values: [["NO_SOCKET", 3]] },
  { kind: "struct", name: "task_struct", members: [["pid", 1, 0]] },
  { kind: "struct", name: "unheard_of", members: [["x", 1, 0]] },
];

Deno.test("the excerpt has the types of the program and of its tracepoints' fields", () => {
  const format = "field:enum skb_drop_reason reason;\toffset:36;\nprint fmt: unheard_of";
  const excerpt = readBtf(excerptFor(readBtf(btfBytes(KERNEL)), PROGRAM, format));
  ok(excerpt.membersOf("sk_buff"));
  ok(excerpt.enumOf("skb_drop_reason"));
  same(excerpt.membersOf("unheard_of"), null);
  same(excerpt.membersOf("task_struct"), null);
  const withTask = excerptFor(readBtf(btfBytes(KERNEL)), "{ curtask->pid }", "");
  ok(readBtf(withTask).membersOf("task_struct"));
});

for (
  const [version, args, types] of [
    ["0.17.0", false, true],
    ["0.23.2", false, true],
    ["0.24.1", false, false],
    ["0.27.1", true, false],
  ] as const
) {
  Deno.test(`bpftrace ${version} gets the lists it takes`, async () => {
    const directory = await Deno.makeTempDir({ prefix: "lasthop-" });
    try {
      const list = await writeShortlist(directory, PROGRAM, version);
      same(await Deno.readTextFile(list.availableEvents), "skb:kfree_skb\n");
      same(list.args.includes("--traceable-functions"), args);
      if (args) {
        same(await Deno.readTextFile(list.args[1]!), "__probestub_consume_skb\n");
      }
      // Without root the formats of tracepoints cannot be read, so no excerpt can be made.
      same("BPFTRACE_BTF" in list.env, types && Deno.uid() === 0);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  });
}
