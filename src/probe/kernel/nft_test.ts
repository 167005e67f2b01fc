import { deepStrictEqual as same } from "node:assert";
import { btfBytes, type BtfType } from "../../../test/fake/btf.ts";
import { NFT } from "../../../test/fake/nft_layout.ts";
import { readBtf } from "./btf.ts";
import { nftLayout } from "./nft.ts";

/** Where Linux 6.12 has them; only what is asked for. */
const TYPES: BtfType[] = [
  { kind: "int", name: "u64", size: 8 }, // 1
  { kind: "struct", name: "nft_verdict", members: [["code", 1, 0]] }, // 2
  { kind: "union", name: "nft_data", members: [["verdict", 2, 0]] }, // 3
  { kind: "struct", name: "nft_immediate_expr", members: [["data", 3, 0], ["dreg", 1, 128]] },
  { kind: "struct", name: "nft_expr", members: [["ops", 1, 0], ["data", 1, 64]] },
  { kind: "struct", name: "nft_expr_ops", members: [["size", 1, 128]] },
  {
    kind: "struct",
    name: "nft_rule_dp",
    members: [["is_last", 1, 0], ["dlen", 1, 1], ["handle", 1, 13], ["data", 1, 64]],
  },
  { kind: "struct", name: "nft_rule_blob", members: [["size", 1, 0], ["data", 1, 64]] },
  {
    kind: "struct",
    name: "nft_chain",
    members: [["blob_gen_0", 1, 0], ["blob_gen_1", 1, 64], ["table", 1, 512], ["name", 1, 704]],
  },
  { kind: "struct", name: "nft_table", members: [["family", 1, 2976], ["name", 1, 3072]] },
  { kind: "struct", name: "nft_pktinfo", members: [["skb", 1, 0]] },
];
const LAST: BtfType = {
  kind: "struct",
  name: "nft_rule_dp_last",
  members: [["end", 1, 0], ["chain", 1, 256]],
};

Deno.test("nft's layout is read from the kernel's types", () => {
  same(nftLayout(readBtf(btfBytes([...TYPES, LAST]))), NFT);
});

Deno.test("rules that do not lead to their chain, or have another header, have no layout", () => {
  same(nftLayout(readBtf(btfBytes(TYPES))), null);
  const others = TYPES.map((type) =>
    "members" in type && type.name === "nft_rule_dp"
      ? { ...type, members: type.members.filter(([name]) => name !== "handle") }
      : type
  );
  same(nftLayout(readBtf(btfBytes([...others, LAST]))), null);
});
