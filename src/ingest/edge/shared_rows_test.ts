import { deepEqual, equal } from "node:assert/strict";
import { BundleTable } from "./bundle_table.ts";
import { bundleOf, textsOf } from "./bundles.ts";
import type { DurableObjectState } from "./cloudflare.ts";
import { SharedRows } from "./shared_rows.ts";
import { objectState } from "./testing_state.ts";

const offer = async (ticket: string, ...texts: string[]) => ({
  of: { ticket, epoch: 1, cameMs: 1_000 },
  bundle: await bundleOf(texts.map((text, at) => ({
    ...{ at, node: "a", tier: at === 0 ? "ordinary" as const : "drops" as const },
    ...{ lines: 1, chars: text.length, text },
  }))),
});

/** The texts of each attempt that a table has, and how many rows hold them. */
async function kept(state: DurableObjectState) {
  const table = new BundleTable(state);
  const texts = await Promise.all(table.all.map(async (bundle) => {
    const whole = { parts: bundle.parts, bodies: table.bodies(bundle) };
    return [bundle.ticket, (await textsOf(whole)).map(({ text }) => text).join("")];
  }));
  const rows = table.rows.all("SELECT id FROM shared").length +
    table.rows.all("SELECT ticket FROM bundles").length;
  return { rows, texts: Object.fromEntries(texts) as Record<string, string> };
}

Deno.test("edge: attempts of one turn share a row, and each has its own lines", async () => {
  const state = objectState();
  const table = new BundleTable(state);
  table.putAll([await offer("t1", "one\n", "drop one\n"), await offer("t2", "two\n")]);
  table.putAll([await offer("t3", "", "drop three\n")]);
  const texts = { t1: "one\ndrop one\n", t2: "two\n", t3: "drop three\n" };
  deepEqual(await kept(state), { rows: 2, texts });
});

Deno.test("edge: what comes again from one attempt is kept once, also of those that share a row", async () => {
  const state = objectState();
  const table = new BundleTable(state);
  table.putAll([await offer("t1", "one\n"), await offer("t2", "two\n")]);
  table.putAll([await offer("t1", "one more\n"), await offer("t1", "at last\n")]);
  deepEqual(await kept(state), { rows: 2, texts: { t2: "two\n", t1: "at last\n" } });
});

Deno.test("edge: a refused attempt is gone, those that share its row are as they were", async () => {
  const state = objectState();
  const table = new BundleTable(state);
  const all = ["t1", "t2", "t3"].map((ticket) => offer(ticket, `${ticket}\n`, `drop ${ticket}\n`));
  table.putAll(await Promise.all(all));
  table.withdraw("t2");
  const left = { t1: "t1\ndrop t1\n", t3: "t3\ndrop t3\n" };
  deepEqual(await kept(state), { rows: 1, texts: left });
  const again = new BundleTable(state);
  for (const ticket of ["t1", "t3"]) again.withdraw(ticket);
  deepEqual(await kept(state), { rows: 0, texts: {} });
});

Deno.test("edge: of a row nothing is touched until all of it, or of one tier, is evicted", async () => {
  const state = objectState();
  const table = new BundleTable(state);
  const all = ["t1", "t2"].map((ticket) => offer(ticket, `${ticket}\n`, `drop ${ticket}\n`));
  table.putAll(await Promise.all(all));
  table.confirm([[1, "t1", 0], [1, "t1", 1], [2, "t2", 0], [2, "t2", 1]]);
  const row = () =>
    table.rows.all(
      "SELECT ordinary IS NOT NULL AS ordinary, drops IS NOT NULL AS drops FROM shared",
    ).map((found) => ({ ...found as object }));
  const whole = [{ ordinary: 1, drops: 1 }];
  table.evict({ ordinary: 1, drops: 0, state: 0 });
  deepEqual(row(), whole);
  table.evict({ ordinary: 1, drops: 1, state: 0 });
  deepEqual([table.all.map(({ ticket }) => ticket), row()], [["t2"], whole]);
  // What is known of it after a restart is the same.
  deepEqual(new BundleTable(state).all.map(({ ticket }) => ticket), ["t2"]);
  table.evict({ ordinary: 2, drops: 1, state: 0 });
  deepEqual(row(), [{ ordinary: 0, drops: 1 }]);
  equal(new BundleTable(state).events(), 1);
  table.evict({ ordinary: 2, drops: 2, state: 0 });
  deepEqual([table.all, row()], [[], []]);
});

Deno.test("edge: rows are no longer than a value may be, and long texts have pieces", async () => {
  const noise = (bytes: number) => {
    const random = crypto.getRandomValues.bind(crypto);
    const words = Array.from({ length: bytes / 2 }, () => random(new Uint8Array(1))[0]!);
    return words.map((byte) => String.fromCharCode(33 + byte % 90)).join("") + "\n";
  };
  const state = objectState();
  const table = new BundleTable(state);
  const texts = Object.fromEntries(
    ["t1", "t2", "t3", "t4"].map((ticket, i) => [ticket, noise(i === 3 ? 3_000_000 : 400_000)]),
  );
  const offers = Object.entries(texts).map(([ticket, text]) => offer(ticket, text));
  table.putAll(await Promise.all(offers));
  deepEqual((await kept(state)).texts, texts);
  const lengths = table.rows.all<{ bytes: number }>(
    "SELECT length(ordinary) AS bytes FROM shared UNION ALL SELECT length(ordinary) FROM bundles",
  );
  equal(lengths.every(({ bytes }) => bytes <= 1_000_000), true);
  equal(lengths.length > 3, true);
  deepEqual(new SharedRows(table.rows).load().length, 3);
});
