import { equal, match } from "node:assert/strict";
import type { Btf } from "./btf.ts";
import { otherKernel } from "./given_btf.ts";

/** Types of which only the sizes are told. */
function sizes(bytes: Record<string, number>): Btf {
  const names = Object.keys(bytes);
  return {
    idOf: (name: string) => names.includes(name) ? names.indexOf(name) : null,
    type: (id: number) => ({ size: bytes[names[id]!] }),
  } as unknown as Btf;
}

const SLABS = `slabinfo - version: 2.1
skbuff_head_cache    296    400    256   16    1 : tunables    0    0    0
net_namespace         42     63   4288    7    8 : tunables    0    0    0
`;

Deno.test("types are this kernel's where sizes are those of its caches, rounded up to a line", () => {
  equal(otherKernel(sizes({ sk_buff: 232, net: 4288 }), SLABS, [64]), null);
  equal(otherKernel(sizes({ sk_buff: 256 }), SLABS, [64]), null);
  equal(otherKernel(sizes({ net: 4250 }), SLABS, [64]), null);
});

Deno.test("types of another kernel are told by the struct that differs", () => {
  match(
    otherKernel(sizes({ sk_buff: 232, net: 4100 }), SLABS, [64])!,
    /struct net has 4100 bytes in it, this kernel's 4288/,
  );
  match(
    otherKernel(sizes({ sk_buff: 184, net: 4288 }), SLABS, [64])!,
    /struct sk_buff has 184 bytes/,
  );
});

Deno.test("types that nothing can be compared with are not taken", () => {
  match(otherKernel(sizes({ sk_buff: 232 }), "", [64])!, /cannot be compared/);
  match(otherKernel(sizes({}), SLABS, [64])!, /cannot be compared/);
});
