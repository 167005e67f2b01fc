import { deepEqual, equal, match, ok } from "node:assert/strict";
import { FakeClock } from "../../../test/contract/fake_clock.ts";
import { DEFAULT_LIMITS } from "../limits.ts";
import { MemoryStore } from "../stores/memory_store.ts";
import { checkToken, equal as equalBytes, mintToken } from "./tokens.ts";

async function minted(expiresInSeconds: number | null) {
  const store = new MemoryStore(DEFAULT_LIMITS.store);
  const clock = new FakeClock();
  const token = await mintToken(store, clock, { role: "probe", incident: "i", expiresInSeconds });
  if (typeof token === "string") throw new Error("Expected a token");
  return { store, clock, token };
}

Deno.test("a token is known by its secret, which the store never sees", async () => {
  const { store, clock, token } = await minted(null);
  match(token.token, /^lh\.[\w-]{12}\.[\w-]{43}$/);
  const principal = { id: token.id, role: "probe", incident: "i" };
  deepEqual(await checkToken(token.token, undefined, store, clock), principal);
  const [, id, secret] = token.token.split(".");
  ok(!JSON.stringify(await store.getToken(id!)).includes(secret!));
  for (const wrong of [`lh.${id}.`, `lh.${id}.${secret}x`, `lh.other.${secret}`, secret!, ""]) {
    equal(await checkToken(wrong, undefined, store, clock), "unknown", wrong);
  }
});

Deno.test("a token expires at its time and not before", async () => {
  const { store, clock, token } = await minted(60);
  await clock.advance(59_999);
  ok(typeof await checkToken(token.token, undefined, store, clock) === "object");
  await clock.advance(1);
  const principal = { id: token.id, role: "probe", incident: "i" };
  deepEqual(await checkToken(token.token, undefined, store, clock), { expired: principal });
});

Deno.test("without a root token none is root", async () => {
  const { store, clock } = await minted(null);
  const root = { id: "root", role: "operator", incident: null };
  deepEqual(await checkToken("secret", "secret", store, clock), root);
  equal(await checkToken("undefined", undefined, store, clock), "unknown");
  equal(await checkToken("", undefined, store, clock), "unknown");
});

Deno.test("bytes are equal when all of them are, and there are as many", () => {
  const bytes = (...values: number[]) => Uint8Array.from(values);
  ok(equalBytes(bytes(1, 2), bytes(1, 2)) && equalBytes(bytes(), bytes()));
  ok(!equalBytes(bytes(1, 2), bytes(1, 3)) && !equalBytes(bytes(1), bytes(1, 0)));
  ok(!equalBytes(bytes(), bytes(0)) && !equalBytes(bytes(0), bytes()));
});

Deno.test("comparing looks at every byte, wherever the first difference is", () => {
  const looks = (differsAt: number) => {
    let count = 0;
    const counted = (bytes: Uint8Array) =>
      new Proxy(bytes, {
        get(target, name) {
          if (typeof name === "string" && /^\d+$/.test(name)) count += 1;
          return Reflect.get(target, name, target);
        },
      });
    const a = new Uint8Array(32);
    const b = new Uint8Array(32);
    if (differsAt < 32) b[differsAt] = 1;
    equal(equalBytes(counted(a), counted(b)), differsAt >= 32);
    return count;
  };
  deepEqual([0, 1, 16, 31, 32].map(looks), [64, 64, 64, 64, 64]);
});

Deno.test("a secret is hashed and compared for an id that does not exist, too", async () => {
  const { store, clock, token } = await minted(null);
  const hashed: number[] = [];
  const digest = crypto.subtle.digest.bind(crypto.subtle);
  const counts = async (given: string) => {
    let count = 0;
    crypto.subtle.digest = (...of) => {
      count += 1;
      return digest(...of);
    };
    equal(await checkToken(given, "root", store, clock), "unknown");
    hashed.push(count);
  };
  try {
    const [, id, secret] = token.token.split(".");
    await counts(`lh.${id}.${secret!.slice(1)}x`);
    await counts(`lh.AAAAAAAAAAAA.${secret}`);
  } finally {
    crypto.subtle.digest = digest;
  }
  deepEqual(hashed, [3, 3]);
});
