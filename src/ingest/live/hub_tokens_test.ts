/** How many viewers one token may have. */
import { equal } from "node:assert/strict";
import { FakeClock } from "../../../test/contract/fake_clock.ts";
import { tally } from "../../../test/contract/tally.ts";
import type { AnalysisInput } from "../../analysis/mod.ts";
import { limitsWith } from "../limits.ts";
import { MemoryStore } from "../stores/memory_store.ts";
import { Hub } from "./hub.ts";

Deno.test("one token's viewers leave room for those of others", async () => {
  const limits = limitsWith({ viewersMax: 4, viewersPerTokenMax: 2 });
  const store = new MemoryStore(limits.store);
  await store.createIncident({ id: "i", title: "", filter: "", createdMs: 0, importing: false });
  const analyse = (input: AnalysisInput) => Promise.resolve(tally(input));
  const hub = new Hub({ store, clock: new FakeClock(), limits, analyse });
  const open = (token: string) =>
    hub.live("i", null, () => new AbortController().signal, { token });
  const begin = async (token: string) => {
    const reader = (await open(token))!.getReader();
    // A comment, and the hello that stands for a viewer that has joined.
    for (let i = 0; i < 2; i++) await reader.read();
    return reader;
  };
  const readers = [await begin("a"), await begin("a")];
  equal(await open("a"), null);
  readers.push(await begin("b"));
  await readers[0]!.cancel();
  readers.push(await begin("a"));
  equal(await open("a"), null);
  for (const reader of readers) await reader.cancel();
  equal((await hub.readFigures()).viewers, 0);
  // An incident that is gone counts for nobody.
  for (let i = 0; i < 5; i++) {
    const reader = (await hub.live("gone", null, () =>
      new AbortController().signal, { token: "a" }))!
      .getReader();
    while (!(await reader.read()).done);
  }
  await (await begin("a")).cancel();
});
