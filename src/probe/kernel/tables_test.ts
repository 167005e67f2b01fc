import { deepEqual } from "node:assert/strict";
import { btfBytes, type BtfType } from "../../../test/fake/btf.ts";
import { readBtf } from "./btf.ts";
import { tableLayout } from "./tables.ts";

const CHAIN: BtfType = {
  kind: "struct",
  name: "nft_chain",
  members: [["table", 1, 512], ["name", 1, 704]],
};
const TYPES: BtfType[] = [
  { kind: "int", name: "u64", size: 8 },
  CHAIN,
  { kind: "struct", name: "nft_table", members: [["family", 1, 2976], ["name", 1, 3072]] },
  { kind: "struct", name: "xt_table", members: [["name", 1, 448]] },
];
const NFT = { nftChainTable: 64, nftChainName: 88, nftTableFamily: 372, nftTableName: 384 };

Deno.test("where tables and chains have their names is read of the module that has them", () => {
  const btf = readBtf(btfBytes(TYPES));
  deepEqual(tableLayout(btf, ["nf_tables"]), NFT);
  deepEqual(tableLayout(btf, ["x_tables"]), { xtTableName: 56 });
});

Deno.test("what is not described is absent, and takes nothing else with it", () => {
  const btf = readBtf(btfBytes([TYPES[0]!, { ...CHAIN, members: [["name", 1, 704]] }]));
  deepEqual(tableLayout(btf, ["nf_tables", "x_tables"]), { nftChainName: 88 });
});
