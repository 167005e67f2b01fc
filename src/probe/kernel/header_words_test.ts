import { strictEqual as same } from "node:assert";
import { btfBytes, type BtfType } from "../../../test/fake/btf.ts";
import { readBtf } from "./btf.ts";
import { headerWords } from "./header_words.ts";

const INT: BtfType = { kind: "int", name: "u16", size: 2 };

/** A kernel whose skb has these members, by their byte. */
const kernel = (members: Record<string, number>, words = 4) =>
  readBtf(btfBytes([
    INT,
    {
      kind: "struct",
      name: "sk_buff",
      members: Object.entries(members).map(([name, byte]) => [name, 1, byte * 8]),
    },
    {
      kind: "struct",
      name: "tms",
      members: Array.from({ length: words }, (_, i) => [`word${i}`, 1, i * 64]),
    },
  ]));

const HERE = { protocol: 176, network_header: 180, mac_header: 182, head: 192, data: 200 };

Deno.test("four words of an skb are read at once where they lie beside each other", () => {
  same(headerWords(kernel(HERE)), 176);
});

Deno.test("where something lies between them, or is not told, they are not", () => {
  same(headerWords(kernel({ ...HERE, head: 200, data: 208 })), null);
  const { data: _, ...less } = HERE;
  same(headerWords(kernel(less)), null);
  same(headerWords(kernel(HERE, 3)), null);
});
