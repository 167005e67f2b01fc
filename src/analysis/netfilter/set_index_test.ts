/** A large set asked by its index, and element by element. */
import { equal } from "node:assert/strict";
import fc from "fast-check";
import { emptyState, type NetfilterSet } from "../../event/state.ts";
import { contains } from "../view/address.ts";
import { type Tri, tri } from "../view/tri.ts";
import { isInIpset } from "./ipset.ts";
import { member } from "./nft_compare.ts";
import type { Value } from "./nft_value.ts";
import { metElements } from "./set_index.ts";
import type { Traveller } from "./traveller.ts";

const pick = <T>(...values: T[]) => fc.constantFrom(...values);
const address = pick("10.0.0.1", "10.0.0.2", "10.1.0.1", "fd00::1", "FD00::1", "fd00::2");
const plain = fc.oneof(
  { weight: 4, arbitrary: address },
  pick<unknown>(
    { prefix: { addr: "10.0.0.0", len: 8 } },
    { range: ["10.0.0.0", "10.0.0.9"] },
    "odd",
  ),
);
const keyed = fc.oneof({ weight: 4, arbitrary: pick(53, 80, 443) }, pick<unknown>("http", "@x"));
const part = fc.oneof({ weight: 6, arbitrary: plain }, keyed);
const element = fc.oneof(
  { weight: 3, arbitrary: part },
  fc.tuple(part, pick("tcp", "udp")).map((concat) => ({ concat })),
  part.map((val) => ({ elem: { val, comment: "x" } })),
  part.map((val) => ({ elem: { val, limit: { rate: 1 } } })),
  part.map((key) => [key, { drop: null }]),
);
/** Of one form, as real ones are, or of any. */
const elements = fc.oneof(
  fc.array(plain, { minLength: 16, maxLength: 30 }),
  fc.array(keyed, { minLength: 16, maxLength: 30 }),
  fc.array(fc.tuple(plain, pick("tcp", "udp")).map((concat) => ({ concat })), {
    ...{ minLength: 16, maxLength: 30 },
  }),
  fc.array(element, { minLength: 16, maxLength: 30 }),
);

const text = fc.oneof(address, pick("odd")).map((value): Value => ({
  ...{ kind: "text", domain: "address", value },
}));
const number = fc.tuple(pick(53, 80, 443), pick(0xffffffff, 0xff)).map(([value, known]): Value => ({
  ...{ kind: "number", domain: "number", value, known },
}));
const protocol: Value = { kind: "number", domain: "protocol", value: 6, known: 0xffffffff };
const single = fc.oneof(text, number, pick<Value>({ kind: "unknown" }, protocol));
const value = fc.oneof(
  single,
  single.map((first): Value => ({ kind: "tuple", parts: [first, protocol] })),
);

const headers = { network: "ip4" as const, laterFragment: false, fragment: false };
const at: Traveller = {
  ...{ headers, layer: "ip", hook: "forward", input: "a", output: "b", ctState: null },
  ...{ portInput: null, portOutput: null, ctStatus: undefined, ctDirection: undefined },
  ...{ mark: { value: 0, known: 0 }, state: emptyState(1, "0"), set: () => null },
};

Deno.test("[N6] what the index leaves out of a set is surely another", () => {
  fc.assert(
    fc.property(elements, value, (all, own) => {
      const met = new Set(metElements(all, own));
      for (const each of all.filter((other) => !met.has(other))) {
        const key = Array.isArray(each) ? each[0] : each;
        equal(member(own, key, at, { family: "ip", table: "t" }), "no", JSON.stringify(each));
      }
    }),
    { numRuns: 3_000 },
  );
});

const ipsetElement = fc.tuple(
  fc.oneof(pick("10.0.0.1", "10.0.0.2", "10.1.0.1"), pick("10.0.0.0/8", "10.0.0.0/24", "odd")),
  pick("", "", " nomatch"),
).map(([begin, end]) => begin + end);

/** What `ip_set_test` says: of the networks that have the address the smallest decides. */
function truth(list: readonly string[], source: string | undefined): Tri {
  const networks = list.map((each) => each.split(" ")[0]!);
  const isOpen = networks.some((each) => each === "odd" || source === undefined);
  const isExcepted = list.some((each) => each.endsWith("nomatch"));
  const own = list.filter((_, i) => source !== undefined && contains(networks[i]!, source));
  if (isOpen && (isExcepted || own.length === 0)) return "unknown";
  const length = (each: string) => Number(/\/(\d+)/.exec(each)?.[1] ?? 128);
  const longest = Math.max(...own.map(length));
  const deciding = own.find((each) => length(each) === longest);
  return tri(deciding !== undefined && !(isExcepted && deciding.endsWith("nomatch")));
}

Deno.test("[N6] a set of ipset says what its elements say one by one", () => {
  const setOf = (list: unknown[]): NetfilterSet => ({
    ...{ family: "ipset", table: "hash:net inet", name: "s", map: false },
    elements: list,
  });
  const host = pick("10.0.0.1", "10.1.0.1", "10.9.9.9", "11.0.0.1", undefined);
  fc.assert(
    fc.property(fc.array(ipsetElement, { maxLength: 20 }), host, (list, source) => {
      const state = emptyState(1, "0", { sets: [setOf(list)] });
      const said = isInIpset("s", "src", { ...at, headers: { ...headers, source }, state });
      equal(said, truth(list, source), JSON.stringify(list));
    }),
    { numRuns: 2_000 },
  );
});
