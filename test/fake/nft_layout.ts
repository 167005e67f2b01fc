/** Where nft's structures have their fields in Linux 6.12. */
import type { NftLayout } from "../../src/probe/kernel/nft.ts";

export const NFT: NftLayout = {
  ...{ data: 8, register: 24, size: 16, lastChain: 32, rules: 8 },
  ...{
    chainFirst: 0,
    chainSecond: 8,
    chainTable: 64,
    chainName: 88,
    tableFamily: 372,
    tableName: 384,
  },
};
